import { type Message, type Part, type Task } from '@nest-a2a/protocol';
import { TaskResult } from './task-result.js';

const message = (...parts: Part[]): Message => ({
  messageId: 'm1',
  role: 'ROLE_AGENT',
  parts,
});

function task(more: Partial<Task> = {}, state = 'COMPLETED'): TaskResult {
  const status = { state: `TASK_STATE_${state}` } as Task['status'];
  return new TaskResult({ id: 't1', contextId: 'c1', status, ...more });
}

const artifact = (artifactId: string, ...parts: Part[]) => ({
  artifactId,
  parts,
});

describe('TaskResult of a task', () => {
  it.each([
    ['SUBMITTED', 'submitted', false, false],
    ['WORKING', 'working', false, false],
    ['COMPLETED', 'completed', true, false],
    ['FAILED', 'failed', true, false],
    ['CANCELED', 'canceled', true, false],
    ['REJECTED', 'rejected', true, false],
    ['INPUT_REQUIRED', 'input-required', false, true],
    ['AUTH_REQUIRED', 'auth-required', false, true],
    ['UNSPECIFIED', 'unspecified', false, false],
  ])('says %s as %s', (wire, state, isTerminal, isInterrupted) => {
    const result = task({}, wire);
    expect(result).toMatchObject({ state, isTerminal, isInterrupted });
    expect({
      completed: result.completed,
      failed: result.failed,
      canceled: result.canceled,
      rejected: result.rejected,
      'input-required': result.inputRequired,
      'auth-required': result.authRequired,
    }).toEqual({
      completed: state === 'completed',
      failed: state === 'failed',
      canceled: state === 'canceled',
      rejected: state === 'rejected',
      'input-required': state === 'input-required',
      'auth-required': state === 'auth-required',
    });
  });

  it('has ids, history and the raw task', () => {
    const history = [message({ text: 'a' })];
    const result = task({ history });
    expect(result).toMatchObject({
      taskId: 't1',
      contextId: 'c1',
      isDirectMessage: false,
      history,
      message: undefined,
    });
    expect(result.raw).toMatchObject({ id: 't1' });
  });

  it('joins chunks without, artifacts with a line break', () => {
    const artifacts = [
      artifact('a1', { text: 'Rep' }, { data: 1 }, { text: 'ort' }),
      artifact('a2', { url: 'https://a.example/f' }),
      artifact('a3', { text: 'done' }),
    ];
    expect(task({ artifacts }).text).toBe('Report\ndone');
  });

  it('takes the text of the status where no artifact has one', () => {
    const status = {
      state: 'TASK_STATE_INPUT_REQUIRED' as const,
      message: message({ text: 'Which ' }, { text: 'quarter?' }),
    };
    const artifacts = [artifact('a1', { data: 1 })];
    const result = task({ status, artifacts });
    expect(result.text).toBe('Which quarter?');
    expect(result.message).toBe(status.message);
  });

  it('has an empty text where there is none', () => {
    expect(task().text).toBe('');
  });

  it('has the data and the files of all artifacts, null included', () => {
    const raw = { raw: 'aGk=', filename: 'a.txt' };
    const url = { url: 'https://a.example/f' };
    const artifacts = [
      artifact('a1', { data: { a: 1 } }, raw),
      artifact('a2', { text: 'x' }, url, { data: null }),
    ];
    const result = task({ artifacts });
    expect(result.data).toEqual([{ a: 1 }, null]);
    expect(result.files).toEqual([raw, url]);
    expect(result.artifacts).toBe(artifacts);
    expect(result.artifact('a2')).toBe(artifacts[1]);
    expect(result.artifact('__proto__')).toBeUndefined();
  });
});

describe('TaskResult of a direct message', () => {
  it('is complete and has no task', () => {
    const raw = message({ text: 'hel' }, { text: 'lo' }, { data: 7 });
    const result = new TaskResult(raw);
    expect(result).toMatchObject({
      isDirectMessage: true,
      taskId: '',
      contextId: '',
      state: 'completed',
      completed: true,
      isTerminal: true,
      isInterrupted: false,
      text: 'hello',
      data: [7],
      files: [],
      artifacts: [],
      history: [],
    });
    expect(result.message).toBe(raw);
  });

  it('has the ids that it names', () => {
    const raw = { ...message({ text: 'a' }), taskId: 't1', contextId: 'c1' };
    expect(new TaskResult(raw)).toMatchObject({
      taskId: 't1',
      contextId: 'c1',
    });
  });
});
