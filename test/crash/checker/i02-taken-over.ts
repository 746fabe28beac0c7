import { isInterrupted, isTerminal, type TaskState } from '@nest-a2a/protocol';
import {
  type DumpedEvent,
  type Fault,
  type Violation,
  type WorkerRun,
} from '../history/history.js';
import { groupBy } from './group-by.js';
import { type HistoryView } from './history-view.js';

/** I2: a turn whose instance was killed is begun again within two leases. Said only where nothing else was broken meanwhile. */
export function takesOver(view: HistoryView): Violation[] {
  const kills = view.faults.all.filter(({ action }) => action === 'kill');
  return [...groupBy([...view.runs.values()], ({ taskId }) => taskId)].flatMap(
    ([taskId, runs]) =>
      kills
        .filter((kill) => isLeftAlone(kill, { taskId, runs }, view))
        .map(({ at, instance }) => ({
          invariant: 'I2',
          taskId,
          text: `${instance} was killed with it at ${at}, and nobody took it over for more than two leases`,
        })),
  );
}

function isLeftAlone(
  kill: Fault,
  { taskId, runs }: { taskId: string; runs: readonly WorkerRun[] },
  view: HistoryView,
): boolean {
  const { leaseMs } = view.settings;
  const until = kill.at + 2 * leaseMs + view.allowances.slackMs;
  const last = runs.filter(({ at }) => at <= kill.at).at(-1);
  const others = view.faults.during({ from: kill.at - leaseMs, to: until });
  if (last?.instance !== kill.instance || !last || others.length > 1) {
    return false;
  }
  const events = view.tasks.get(taskId)?.dumped.events ?? [];
  const wasOver = events.some(
    (event) => event.at >= last.at && event.at <= kill.at && ends(event),
  );
  const isFollowed =
    runs.some(({ at }) => at > kill.at && at <= until) ||
    events.some(({ at }) => at > kill.at && at <= until);
  return !wasOver && !isFollowed;
}

function ends({ eventKind, body }: DumpedEvent): boolean {
  if (eventKind !== 'statusUpdate') {
    return false;
  }
  const { state } = (body as { statusUpdate: { status: { state: TaskState } } })
    .statusUpdate.status;
  return isTerminal(state) || isInterrupted(state);
}
