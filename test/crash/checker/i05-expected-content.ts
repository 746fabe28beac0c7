import { textOf } from '@nest-a2a/protocol';
import {
  type DumpedTask,
  type Expectation,
  type Violation,
} from '../history/history.js';
import { groupBy } from './group-by.js';
import { type HistoryView } from './history-view.js';
import { toTaskEvent } from './task-versions.js';

/** I5: a task that is completed holds all that its worker made, once; no step of a turn was stored twice. */
export function holdsWhatWasMade(view: HistoryView): Violation[] {
  return [...view.tasks.values()].flatMap(({ dumped }) => {
    const expected = view.expectationOf(dumped);
    const isWhole = dumped.state === 'TASK_STATE_COMPLETED';
    return [
      ...stepsTwiceIn(dumped),
      ...(isWhole && expected
        ? [...artifactsOf(dumped, expected), ...stepsOf(dumped, expected)]
        : []),
    ].map((text) => ({ invariant: 'I5', taskId: dumped.taskId, text }));
  });
}

function artifactsOf(
  { task }: DumpedTask,
  { artifacts: expected }: Expectation,
): string[] {
  if (!expected) {
    return [];
  }
  const texts = new Map(
    task.artifacts?.map(({ artifactId, parts }) => [artifactId, textOf(parts)]),
  );
  const ids = new Set([...texts.keys(), ...Object.keys(expected)]);
  return [...ids]
    .filter((id) => texts.get(id) !== expected[id])
    .map(
      (id) =>
        `artifact ${id} is ${quoted(texts.get(id))}; right is ${quoted(expected[id])}`,
    );
}

function quoted(text: string | undefined): string {
  return text === undefined ? 'missing' : JSON.stringify(text);
}

function stepsOf(task: DumpedTask, { steps }: Expectation): string[] {
  const done = keysOf(task)
    .map(({ key }) => key)
    .sort()
    .join();
  const right = [...(steps ?? [])].sort().join();
  return steps === undefined || done === right
    ? []
    : [`its steps are ${done || 'none'}; right is ${right || 'none'}`];
}

function stepsTwiceIn(task: DumpedTask): string[] {
  const steps = groupBy(keysOf(task), ({ key, turn }) => `${turn} ${key}`);
  return [...steps.values()]
    .filter((same) => same.length > 1)
    .map(
      (same) =>
        `step ${same[0]?.key} was stored in the events ${same.map(({ seq }) => seq).join(', ')}`,
    );
}

function keysOf({ events }: DumpedTask) {
  return events.flatMap((dumped) => {
    const event = toTaskEvent(dumped);
    const { seq, turn } = dumped;
    return event.kind === 'step' ? [{ key: event.key, seq, turn }] : [];
  });
}
