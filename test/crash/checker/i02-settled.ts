import { isInterrupted, isTerminal, type TaskState } from '@nest-a2a/protocol';
import { beginsTurn, type TaskEvent } from '@nest-a2a/store';
import { type DumpedTask, type Violation } from '../history/history.js';
import { type HistoryView } from './history-view.js';

/** I2: when all is quiet, every task has ended as it should, or waits for its caller and for nothing else. */
export function settles(view: HistoryView): Violation[] {
  return [...view.tasks.values()].flatMap(({ dumped }) =>
    [...workOf(dumped, view), ...stateOf(dumped, view)].map((text) => ({
      invariant: 'I2',
      taskId: dumped.taskId,
      text,
    })),
  );
}

function workOf(task: DumpedTask, view: HistoryView): string[] {
  const state = task.state as TaskState;
  if (!isTerminal(state) && !isInterrupted(state)) {
    return [`it is still ${state}, ${dueOf(task, view)}`];
  }
  const isBusy = task.owner !== null || task.dueAt !== null;
  return [
    ...(isBusy ? [`it is ${state} and yet ${dueOf(task, view)}`] : []),
    ...(isTerminal(state) === (task.finishedAt !== null)
      ? []
      : [`it is ${state}, and finished at ${task.finishedAt}`]),
    ...(isTerminal(state) ? [] : unheardIn(task)),
  ];
}

function dueOf({ owner, dueAt }: DumpedTask, view: HistoryView): string {
  const { leaseMs } = view.settings;
  const by = `owned by ${owner ?? 'nobody'}`;
  if (dueAt === null) {
    return `${by} and never due`;
  }
  const lateMs = view.now - dueAt;
  return lateMs > 2 * leaseMs
    ? `${by}, overdue by ${lateMs} ms, more than two leases`
    : `${by}, due at ${dueAt}`;
}

/** Messages behind the turn that ended last: nobody has worked on them. */
function unheardIn({ events }: DumpedTask): string[] {
  const ended = events.filter(({ eventKind }) => eventKind === 'statusUpdate');
  const turn = ended.at(-1)?.turn ?? 0;
  return events
    .filter(
      ({ seq, eventKind }) =>
        seq > turn && beginsTurn(eventKind as TaskEvent['kind']),
    )
    .map(({ seq }) => `nobody has worked on the message of event ${seq}`);
}

function stateOf(task: DumpedTask, view: HistoryView): string[] {
  const { states } = view.expectationOf(task) ?? {};
  const isRight = states?.includes(task.state) ?? true;
  return isRight || mayHaveFailed(task, view)
    ? []
    : [`it is ${task.state}; right is ${states?.join(' or ')}`];
}

/** A task fails when too many instances have died with it. Each takes a lease, and the one that gives up too. */
function mayHaveFailed({ state, epoch }: DumpedTask, view: HistoryView) {
  return state === 'TASK_STATE_FAILED' && epoch > view.settings.maxAttempts;
}
