import { StreamAssembler } from './stream-assembler.js';
import { TextChunks } from './text-chunks.js';

const at = { taskId: 't1', contextId: 'c1' };

const task = (state: string, more = {}) => ({
  task: {
    id: 't1',
    contextId: 'c1',
    status: { state: `TASK_STATE_${state}` },
    ...more,
  },
});

const status = (state: string, text?: string, more = {}) => ({
  statusUpdate: {
    ...at,
    status: {
      state: `TASK_STATE_${state}`,
      ...(text !== undefined && {
        message: { messageId: text, role: 'ROLE_AGENT', parts: [{ text }] },
      }),
    },
    ...more,
  },
});

const piece = (artifactId: string, text: string, more = {}) => ({
  artifactUpdate: {
    ...at,
    artifact: { artifactId, parts: [{ text }] },
    ...more,
  },
});

function play(...values: unknown[]) {
  const assembler = new StreamAssembler();
  const chunks = new TextChunks();
  return values.map((value, i) => {
    const event = assembler.next({ id: String(i), value });
    return { event, task: event.task, text: chunks.next(event) };
  });
}

describe('StreamAssembler', () => {
  it('puts the task together', () => {
    const steps = play(
      task('SUBMITTED', { history: [] }),
      status('WORKING', 'Gathering'),
      piece('a1', 'Rep'),
      piece('a1', 'ort', { append: true }),
      status('COMPLETED'),
    );
    expect(steps.map((step) => [step.task.state, step.task.text])).toEqual([
      ['submitted', ''],
      ['working', 'Gathering'],
      ['working', 'Rep'],
      ['working', 'Report'],
      ['completed', 'Report'],
    ]);
    expect(steps.at(-1)?.task.history).toHaveLength(1);
    expect(steps.map(({ event }) => event.id)).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
    ]);
  });

  it('replaces an artifact that does not append', () => {
    const [, , last] = play(
      task('WORKING'),
      piece('a1', 'old'),
      piece('a1', 'new'),
    );
    expect(last?.task.text).toBe('new');
  });

  it('starts over with a task in between', () => {
    const parts = [{ text: 'whole' }];
    const [, , last] = play(
      task('WORKING'),
      piece('a1', 'lost'),
      task('COMPLETED', { artifacts: [{ artifactId: 'a1', parts }] }),
    );
    expect(last?.task.text).toBe('whole');
    expect(last?.event).toMatchObject({ kind: 'task', isFinal: true });
  });

  it('begins without a task', () => {
    const [first] = play(status('INPUT_REQUIRED', 'Which?'));
    expect(first?.task).toMatchObject({
      taskId: 't1',
      contextId: 'c1',
      state: 'input-required',
      text: 'Which?',
      history: [],
    });
    expect(first?.event.isFinal).toBe(false);
    const [chunk] = play(piece('a1', 'x', { append: true, lastChunk: true }));
    expect(chunk?.task).toMatchObject({ state: 'working', text: 'x' });
    expect(chunk?.event).toMatchObject({
      kind: 'artifact',
      artifactId: 'a1',
      state: undefined,
      append: true,
      lastChunk: true,
      isFinal: false,
    });
  });

  it('does not mix two tasks', () => {
    const [, second] = play(
      piece('a1', 'one'),
      status('WORKING', undefined, { taskId: 't2' }),
    );
    expect(second?.task).toMatchObject({ taskId: 't2', text: '' });
  });

  it('puts a task together only when it is asked for', () => {
    const assembler = new StreamAssembler();
    const first = assembler.next({ id: undefined, value: task('WORKING') });
    assembler.next({ id: undefined, value: status('COMPLETED') });
    expect(first.state).toBe('working');
    expect(first.task.state).toBe('completed');
  });

  it('is not harmed by names of prototypes', () => {
    const value = JSON.parse(
      '{"artifactUpdate":{"taskId":"__proto__","contextId":"c","artifact":' +
        '{"artifactId":"__proto__","parts":[{"text":"x"}],"metadata":{"__proto__":{"p":1}}}}}',
    ) as unknown;
    const [step] = play(value);
    expect(step?.task.artifact('__proto__')?.parts).toEqual([{ text: 'x' }]);
    expect(({} as any).p).toBeUndefined();
  });

  it.each([
    {},
    { task: 1 },
    { ...task('WORKING'), ...status('WORKING') },
    null,
  ])('refuses %j', (value) => {
    expect(() => play(value)).toThrow(
      expect.objectContaining({ code: 'INVALID_AGENT_RESPONSE' }),
    );
  });
});

describe('TextChunks', () => {
  const textsOf = (...values: unknown[]) =>
    play(...values).map(({ text }) => text);

  it('is what the artifacts say, not what the status says', () => {
    expect(
      textsOf(
        task('WORKING'),
        status('WORKING', 'Gathering'),
        piece('a1', 'a'),
        piece('a1', 'b', { append: true }),
        piece('a2', 'c'),
      ),
    ).toEqual(['', '', 'a', 'b', 'c']);
  });

  it('repeats nothing that a whole task says again', () => {
    const artifacts = [
      { artifactId: 'a1', parts: [{ text: 'ab' }, { text: 'cd' }] },
      { artifactId: 'a2', parts: [{ text: 'new' }] },
    ];
    expect(
      textsOf(
        piece('a1', 'ab'),
        task('WORKING', { artifacts }),
        piece('a1', 'e', { append: true }),
        task('COMPLETED', { artifacts: [artifacts[1]] }),
      ),
    ).toEqual(['ab', 'cdnew', 'e', '']);
  });

  it('knows how much it has said of an artifact in pieces', () => {
    const parts = [{ text: 'abcd' }];
    expect(
      textsOf(
        piece('a1', 'ab'),
        piece('a1', 'c', { append: true }),
        task('COMPLETED', { artifacts: [{ artifactId: 'a1', parts }] }),
      ),
    ).toEqual(['ab', 'c', 'd']);
  });

  it('says an artifact again that was replaced', () => {
    expect(
      textsOf(piece('a1', 'draft'), piece('a1', 'fin'), {
        task: {
          ...task('COMPLETED').task,
          artifacts: [{ artifactId: 'a1', parts: [{ text: 'final' }] }],
        },
      }),
    ).toEqual(['draft', 'fin', 'al']);
  });
});
