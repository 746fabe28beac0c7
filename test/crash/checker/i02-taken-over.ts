import { isInterrupted, isTerminal, type TaskState } from '@nest-a2a/protocol';
import {
  type DumpedEvent,
  type Fault,
  type Violation,
  type WorkerRun,
} from '../history/history.js';
import { spanOf } from './faults-in-time.js';
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
  if (
    !last ||
    last.instance !== kill.instance ||
    isDisturbed(kill, until, view)
  ) {
    return false;
  }
  const events = view.tasks.get(taskId)?.dumped.events ?? [];
  const latest = events.filter(({ at }) => at <= kill.at).at(-1);
  const wasOver = latest !== undefined && ends(latest);
  const isFollowed =
    runs.some(({ at }) => at > kill.at && at <= until) ||
    events.some(({ at }) => at > kill.at && at <= until);
  return !wasOver && !isFollowed;
}

/** A process that was ended before may not be back, milliseconds. */
const RESTART_MS = 15_000;

/** Whether something else was broken then, which may explain it. */
function isDisturbed(kill: Fault, until: number, view: HistoryView): boolean {
  const from = kill.at + view.allowances.toleranceMs;
  return view.faults
    .during({ from: kill.at - RESTART_MS, to: until })
    .some((fault) => {
      const endsProcess = fault.action === 'kill' || fault.action === 'stop';
      const explains = endsProcess || spanOf(fault).to > from;
      return fault !== kill && explains && !HARMLESS.has(fault.action);
    });
}

/** What hurts clients only, or wake-ups: who takes over looks by itself. */
const HARMLESS: ReadonlySet<Fault['action']> = new Set([
  'cut',
  'halfOpen',
  'slowReader',
  'wakeLost',
  'wakeDoubled',
  'wakeDelayed',
]);

function ends({ eventKind, body }: DumpedEvent): boolean {
  if (eventKind !== 'statusUpdate') {
    return false;
  }
  const { state } = (body as { statusUpdate: { status: { state: TaskState } } })
    .statusUpdate.status;
  return isTerminal(state) || isInterrupted(state);
}
