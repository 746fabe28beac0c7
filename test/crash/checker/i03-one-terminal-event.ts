import { isTerminal, type TaskState } from '@nest-a2a/protocol';
import { type DumpedTask, type Violation } from '../history/history.js';
import { type HistoryView } from './history-view.js';
import { toTaskEvent } from './task-versions.js';

/** I3: a task that has ended has exactly one event that says so, and it is the last. */
export function endsOnce(view: HistoryView): Violation[] {
  return [...view.tasks.values()].flatMap(({ dumped }) => {
    const text = problemOf(dumped);
    const { taskId } = dumped;
    return text === undefined ? [] : [{ invariant: 'I3', taskId, text }];
  });
}

function problemOf(task: DumpedTask): string | undefined {
  const ends = endsOf(task);
  const last = task.events.at(-1)?.seq;
  if (ends.length > 1) {
    return `it ends more than once, in the events ${ends.join(', ')}`;
  }
  if (ends.length === 1) {
    return ends[0] === last
      ? undefined
      : `it ends in event ${ends[0]}, and event ${last} follows`;
  }
  return isTerminal(task.state as TaskState)
    ? `it is ${task.state}, and no event says so`
    : undefined;
}

function endsOf({ events }: DumpedTask): number[] {
  return events
    .filter((dumped) => {
      const event = toTaskEvent(dumped);
      return (
        event.kind === 'statusUpdate' &&
        isTerminal(event.statusUpdate.status.state)
      );
    })
    .map(({ seq }) => seq);
}
