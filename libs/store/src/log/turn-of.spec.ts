import { type StoredEvent, type TaskEvent } from './task-event.js';
import { turnOf } from './turn-of.js';

function stored(body: TaskEvent): StoredEvent {
  return { id: 'e', seq: 7, at: 5, turn: 7, epoch: 0, json: '', body };
}

const MESSAGE = {
  messageId: 'm',
  role: 'ROLE_USER' as const,
  parts: [{ text: 'hi' }],
};
const REQUEST = { extensions: ['urn:x'] };

describe('turnOf', () => {
  it('takes the message of the task, of the message, and none to resume', () => {
    const status = { state: 'TASK_STATE_SUBMITTED' as const };
    const task = { id: 't', status, history: [MESSAGE] };
    const turn = REQUEST;
    const expected = { seq: 7, at: 5, message: MESSAGE, request: REQUEST };
    expect(turnOf(stored({ kind: 'task', task, turn }))).toEqual(expected);
    expect(turnOf(stored({ kind: 'message', message: MESSAGE, turn }))).toEqual(
      expected,
    );
    const resumed = turnOf(stored({ kind: 'resume', turn }));
    expect(resumed).toEqual({ seq: 7, at: 5, request: REQUEST });
    expect('message' in resumed).toBe(false);
  });

  it('refuses an event that begins no turn', () => {
    expect(() => turnOf(stored({ kind: 'announce' }))).toThrow(TypeError);
  });
});
