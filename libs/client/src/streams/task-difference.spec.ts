import { type Part, type Task, TaskFold } from '@nest-a2a/protocol';
import { differenceOf } from './task-difference.js';

function text(...texts: string[]): Part[] {
  return texts.map((one) => ({ text: one }));
}

function taskWith(
  artifacts: Record<string, Part[]>,
  state: Task['status']['state'] = 'TASK_STATE_WORKING',
): Task {
  return {
    id: 't1',
    contextId: 'c1',
    status: { state },
    artifacts: Object.entries(artifacts).map(([artifactId, parts]) => ({
      artifactId,
      parts,
    })),
  };
}

/** The chunks that lead from one task to the other: id, parts, and whether they continue. */
function chunks(known: Task, task: Task) {
  const { events, isBehind } = differenceOf(known, task);
  expect(isBehind).toBe(false);
  return events.map((event) => {
    if (!('artifactUpdate' in event)) throw new Error('No chunk');
    const { artifact, append = false } = event.artifactUpdate;
    return [artifact.artifactId, artifact.parts, append];
  });
}

describe('what has happened to a task while nobody looked', () => {
  const DATA: Part = { data: { a: 1 } };

  it.each<[string, Part[], Part[], Part[]]>([
    ['further parts', text('a'), text('a', 'b', 'c'), text('b', 'c')],
    ['a part that goes on', text('a', 'b'), text('a', 'bc'), text('c')],
    ['a part that goes on, and more', text('a'), text('ab', 'c'), text('bc')],
    ['parts that were joined', text('a', 'b'), text('abc'), text('c')],
    ['parts that were split', text('abc'), text('a', 'bcd'), text('d')],
    ['data after text', text('a'), [...text('a'), DATA], [DATA]],
  ])('is one chunk: %s', (_, known, parts, rest) => {
    expect(chunks(taskWith({ x: known }), taskWith({ x: parts }))).toEqual([
      ['x', rest, true],
    ]);
  });

  it.each<[string, Part[], Part[]]>([
    ['the same parts', text('a', 'b'), text('a', 'b')],
    ['the same text in other parts', text('a', 'b'), text('ab')],
    ['the same data', [{ data: { a: 1 } }], [DATA]],
  ])('is nothing: %s', (_, known, parts) => {
    expect(chunks(taskWith({ x: known }), taskWith({ x: parts }))).toEqual([]);
  });

  it('is a whole artifact where one was made or replaced', () => {
    const known = taskWith({ x: text('a'), y: [DATA] });
    const task = taskWith({ x: text('b'), y: text('c'), z: text('d') });
    expect(chunks(known, task)).toEqual([
      ['x', text('b'), false],
      ['y', text('c'), false],
      ['z', text('d'), false],
    ]);
  });

  it('is the last of the states, after the chunks', () => {
    const known = taskWith({ x: text('a') });
    const task = taskWith({ x: text('a', 'b') }, 'TASK_STATE_COMPLETED');
    const { events } = differenceOf(known, task);
    expect(events).toHaveLength(2);
    expect(events[1]).toEqual({
      statusUpdate: { taskId: 't1', contextId: 'c1', status: task.status },
    });
  });

  it('is no state where only its time is written differently', () => {
    const message = {
      messageId: 'm',
      role: 'ROLE_AGENT' as const,
      parts: text('x'),
    };
    const status = { state: 'TASK_STATE_WORKING' as const, message };
    const known = { ...taskWith({}), status };
    const timestamp = '2026-11-23T12:00:00Z';
    for (const other of [{ ...status, timestamp }, { state: status.state }]) {
      expect(differenceOf(known, { ...known, status: other }).events).toEqual(
        [],
      );
    }
    const next = { ...status, message: { ...message, messageId: 'n' } };
    expect(differenceOf(known, { ...known, status: next }).events).toHaveLength(
      1,
    );
  });

  it.each([
    ['less text', taskWith({ x: text('a') })],
    ['no artifact', taskWith({})],
  ])('says that a task is older than what is known: %s', (_, task) => {
    const known = taskWith({ x: text('a', 'b') });
    expect(differenceOf(known, task)).toEqual({ events: [], isBehind: true });
  });

  it('leads to the task, from wherever it was left', () => {
    const task = taskWith(
      { x: text('a', 'b', 'c'), y: [DATA, ...text('d')] },
      'TASK_STATE_COMPLETED',
    );
    for (let first = 0; first <= 3; first++) {
      for (let second = 0; second <= 2; second++) {
        const known = taskWith({
          ...(first > 0 && { x: text('a', 'b', 'c').slice(0, first) }),
          ...(second > 0 && { y: [DATA, ...text('d')].slice(0, second) }),
        });
        const fold = new TaskFold(known);
        for (const event of differenceOf(known, task).events) {
          if ('artifactUpdate' in event)
            fold.applyArtifact(event.artifactUpdate);
          if ('statusUpdate' in event) fold.applyStatus(event.statusUpdate);
        }
        const { artifacts = [], status } = fold.snapshot();
        const byId = Object.fromEntries(
          artifacts.map(({ artifactId, parts }) => [artifactId, parts]),
        );
        expect(byId).toEqual({
          x: text('a', 'b', 'c'),
          y: [DATA, ...text('d')],
        });
        expect(status).toEqual(task.status);
      }
    }
  });
});
