import { decodeEvent, encodeEvent } from './event-codec.js';
import { type TaskEvent } from './task-event.js';

const REF = { taskId: 't', contextId: 'c' };
const MESSAGE = {
  messageId: 'm',
  role: 'ROLE_USER' as const,
  parts: [{ text: '👋 \u0000 \ud83d' }],
};
const TURN = { acceptedOutputModes: ['text/plain'], traceparent: '00-1-2-01' };

const EVENTS: TaskEvent[] = [
  {
    kind: 'task',
    task: { id: 't', status: { state: 'TASK_STATE_SUBMITTED' } },
    turn: TURN,
  },
  {
    kind: 'statusUpdate',
    statusUpdate: { ...REF, status: { state: 'TASK_STATE_WORKING' } },
  },
  {
    kind: 'artifactUpdate',
    artifactUpdate: { ...REF, artifact: { artifactId: 'a', parts: [] } },
  },
  {
    kind: 'statusUpdate',
    statusUpdate: { ...REF, status: { state: 'TASK_STATE_WORKING' } },
    turn: { traceparent: '00-1-2-01' },
  },
  { kind: 'message', message: MESSAGE, turn: TURN },
  { kind: 'resume', turn: {} },
  { kind: 'announce' },
  { kind: 'reply', message: MESSAGE },
  { kind: 'artifactEnd', artifactId: 'a' },
  { kind: 'step', key: 'turn', value: { turn: 1, kind: 'x' } },
];

describe('the codec of events', () => {
  it.each(EVENTS.map((event) => [event.kind, event] as const))(
    'brings back an event of kind %s',
    (_kind, event) => {
      expect(decodeEvent(encodeEvent(event))).toEqual(event);
    },
  );

  it('writes public events as the StreamResponse that clients get', () => {
    for (const event of EVENTS.slice(0, 4)) {
      const { kind, json } = encodeEvent(event);
      expect(Object.keys(JSON.parse(json) as object)).toEqual([kind]);
    }
  });

  it('keeps what the caller asked besides out of what clients get', () => {
    for (const event of EVENTS) {
      const { json, turnJson } = encodeEvent(event);
      expect(json).not.toContain('traceparent');
      expect(turnJson !== undefined).toBe('turn' in event);
    }
  });

  it('takes keys that mean something to JavaScript as data', () => {
    const text = '{"__proto__":{"polluted":true}}';
    const value = JSON.parse(text) as Record<string, never>;
    const event = decodeEvent(encodeEvent({ kind: 'step', key: 'k', value }));
    expect(event.kind === 'step' && JSON.stringify(event.value)).toBe(text);
    expect('polluted' in event).toBe(false);
  });
});
