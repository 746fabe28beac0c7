import { type Operation, type Violation } from '../history/history.js';
import { type HistoryView } from './history-view.js';
import { stateOf } from './sightings.js';

const CANCELED = 'TASK_STATE_CANCELED';
const COMPLETED = 'TASK_STATE_COMPLETED';

/** I8: cancelled is cancelled: nobody ever sees the task completed. And the answer comes in time. */
export function cancelsForGood(view: HistoryView): Violation[] {
  const completed = completedIn(view);
  return view.operations
    .filter(({ op }) => op === 'cancel')
    .flatMap((cancel) =>
      [...notKept(cancel, view, completed), ...tooLate(cancel, view)].map(
        (text) => ({ invariant: 'I8', ...aboutTask(cancel), text }),
      ),
    );
}

function aboutTask({ request: { taskId } }: Operation) {
  return taskId === undefined ? {} : { taskId };
}

/** Who saw which task completed. */
function completedIn({ sightings, webhooks }: HistoryView) {
  const completed = new Map<string, string>();
  for (const [taskId, seen] of sightings) {
    const by = seen.find(({ state }) => state === COMPLETED)?.by;
    if (by !== undefined) completed.set(taskId, by);
  }
  for (const { taskId, configId, body } of webhooks) {
    if (stateOf(body) === COMPLETED) {
      completed.set(taskId, `webhook ${configId}`);
    }
  }
  return completed;
}

function notKept(
  { outcome, task, client }: Operation,
  { tasks }: HistoryView,
  completed: ReadonlyMap<string, string>,
): string[] {
  if (outcome !== 'ok' || task?.status.state !== CANCELED) {
    return [];
  }
  const said = `${client} was told that it is cancelled`;
  const by = completed.get(task.id);
  const state = tasks.get(task.id)?.dumped.state ?? CANCELED;
  return [
    ...(state === CANCELED ? [] : [`${said}, and it is ${state}`]),
    ...(by === undefined ? [] : [`${said}, and ${by} saw it completed`]),
  ];
}

/** Also where the client has given up: nothing had come in time. */
function tooLate(
  { startedAt, endedAt, client }: Operation,
  { settings, allowances, faults }: HistoryView,
): string[] {
  const { heartbeatMs, cancelGraceMs, leaseMs } = settings;
  const tookMs = endedAt - startedAt;
  const mayTakeMs = heartbeatMs + cancelGraceMs + 2 * allowances.slackMs;
  const around = { from: startedAt - leaseMs, to: endedAt };
  return tookMs <= mayTakeMs || faults.during(around).length > 0
    ? []
    : [`cancel of ${client} took ${tookMs} ms, at most ${mayTakeMs} are right`];
}
