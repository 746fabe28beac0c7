import { type StoredEvent, type TaskEvent } from '../log/task-event.js';
import { foldLog, LogFold } from './log-fold.js';

const SCOPE = { agent: 'a', tenant: 't', principal: 'p' };
const REF = { taskId: 't', contextId: 'c' };

function stored(seq: number, body: TaskEvent): StoredEvent {
  return { id: `e${seq}`, seq, at: 0, turn: 1, epoch: 0, json: '', body };
}

function logOf(...bodies: TaskEvent[]): StoredEvent[] {
  return bodies.map((body, index) => stored(index + 1, body));
}

function message(text: string, role: 'ROLE_USER' | 'ROLE_AGENT' = 'ROLE_USER') {
  return { messageId: text, role, parts: [{ text }] };
}

const BEGIN: TaskEvent = {
  kind: 'task',
  task: {
    id: 't',
    contextId: 'c',
    status: { state: 'TASK_STATE_SUBMITTED' },
    history: [message('hello')],
  },
  turn: {},
};

function status(
  state: 'TASK_STATE_WORKING' | 'TASK_STATE_COMPLETED',
  text?: string,
): TaskEvent {
  const said =
    text === undefined ? {} : { message: message(text, 'ROLE_AGENT') };
  return {
    kind: 'statusUpdate',
    statusUpdate: { ...REF, status: { state, ...said } },
  };
}

function chunk(text: string): TaskEvent {
  const artifact = { artifactId: 'x', parts: [{ text }] };
  return {
    kind: 'artifactUpdate',
    artifactUpdate: { ...REF, artifact, append: true },
  };
}

describe('LogFold', () => {
  it('is the task after its last event', () => {
    const fold = foldLog(
      { scope: SCOPE, isAnnounced: true },
      logOf(
        BEGIN,
        status('TASK_STATE_WORKING', 'on it'),
        chunk('a'),
        { kind: 'message', message: message('more'), turn: {} },
        chunk('b'),
        { kind: 'step', key: 'k', value: 1 },
        { kind: 'artifactEnd', artifactId: 'x' },
        status('TASK_STATE_COMPLETED'),
      ),
    );
    expect(fold.record(4)).toEqual({
      scope: SCOPE,
      task: {
        id: 't',
        contextId: 'c',
        status: { state: 'TASK_STATE_COMPLETED' },
        artifacts: [{ artifactId: 'x', parts: [{ text: 'a' }, { text: 'b' }] }],
        history: [
          message('hello'),
          message('more'),
          message('on it', 'ROLE_AGENT'),
        ],
      },
      version: 8,
      isAnnounced: true,
      isFinished: true,
      turn: 4,
    });
    expect(fold.hasArtifact('x')).toBe(true);
    expect(fold.hasArtifact('y')).toBe(false);
  });

  it('is not finished before a terminal state (A2A §3.1.1)', () => {
    const fold = foldLog(
      { scope: SCOPE, isAnnounced: true },
      logOf(BEGIN, status('TASK_STATE_WORKING')),
    );
    expect(fold.isFinished).toBe(false);
    fold.apply(stored(3, status('TASK_STATE_COMPLETED')));
    expect(fold.isFinished).toBe(true);
  });

  it('is announced by its seed or by an event', () => {
    const seed = { scope: SCOPE, isAnnounced: false };
    const fold = foldLog(seed, logOf(BEGIN));
    expect(fold.isAnnounced).toBe(false);
    fold.apply(stored(2, { kind: 'announce' }));
    expect(fold.record(1).isAnnounced).toBe(true);
  });

  it('is finished by a reply', () => {
    const seed = { scope: SCOPE, isAnnounced: false };
    const fold = foldLog(seed, logOf(BEGIN));
    expect('reply' in fold.record(1)).toBe(false);
    const reply = message('42', 'ROLE_AGENT');
    fold.apply(stored(2, { kind: 'reply', message: reply }));
    expect(fold.record(1)).toMatchObject({ reply, isFinished: true });
  });

  it('takes in no event but the next', () => {
    const fold = new LogFold({ scope: SCOPE, isAnnounced: true });
    fold.apply(stored(1, BEGIN));
    for (const seq of [1, 3, 0]) {
      expect(() => fold.apply(stored(seq, chunk('a')))).toThrow(TypeError);
    }
    expect(fold.version).toBe(1);
  });

  it('knows no task before the event that begins it', () => {
    const fold = new LogFold({ scope: SCOPE, isAnnounced: true });
    expect(() => fold.snapshot()).toThrow(TypeError);
    expect(() => fold.status).toThrow(TypeError);
    expect(() => fold.apply(stored(1, chunk('a')))).toThrow(TypeError);
  });
});
