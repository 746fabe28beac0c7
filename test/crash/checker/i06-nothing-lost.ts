import { type Operation, type Violation } from '../history/history.js';
import { type HistoryView } from './history-view.js';

/** How the bindings say that there is no such task. */
const NOT_FOUND = /not[\s_-]?found|-32001|\b404\b/i;
/** Clients ask for pages of so many tasks at least: a list with fewer is whole. */
const LEAST_PAGE = 50;

/** I6: what was there for somebody stays there: in the store, for whoever asks for it, and in the lists. */
export function losesNothing(view: HistoryView): Violation[] {
  const known = knownSince(view);
  return [
    ...missingIn(view),
    ...view.operations.flatMap((operation) => [
      ...notFound(operation, view, known),
      ...notListed(operation, view, known),
    ]),
  ].map((violation) => ({ invariant: 'I6', ...violation }));
}

type Problem = Omit<Violation, 'invariant'>;

/** When each task was seen for the first time. */
function knownSince({ sightings }: HistoryView): Map<string, number> {
  const firsts = [...sightings].map(
    ([taskId, [first]]) => [taskId, first?.endedAt ?? Infinity] as const,
  );
  return new Map(firsts);
}

function missingIn({ sightings, tasks }: HistoryView): Problem[] {
  return [...sightings]
    .filter(([taskId]) => !tasks.has(taskId))
    .map(([taskId, [first]]) => ({
      taskId,
      text: `${first?.by} saw it at ${first?.endedAt}, and it is not in the store`,
    }));
}

function notFound(
  { op, outcome, request, tenant, client, startedAt, error = '' }: Operation,
  { tasks }: HistoryView,
  known: ReadonlyMap<string, number>,
): Problem[] {
  const { taskId = '' } = request;
  const isTold = op === 'get' || op === 'cancel';
  const wasThere =
    tasks.get(taskId)?.dumped.tenant === tenant &&
    (known.get(taskId) ?? Infinity) < startedAt;
  return isTold && outcome === 'refused' && wasThere && NOT_FOUND.test(error)
    ? [{ taskId, text: `${op} of ${client} did not find it at ${startedAt}` }]
    : [];
}

function notListed(
  { op, outcome, listed, request, tenant, client, startedAt }: Operation,
  { tasks }: HistoryView,
  known: ReadonlyMap<string, number>,
): Problem[] {
  if (op !== 'list' || outcome !== 'ok' || !listed) {
    return [];
  }
  if (listed.length >= LEAST_PAGE) {
    return [];
  }
  const { contextId } = request;
  const found = new Set(listed);
  return [...tasks.values()]
    .map(({ dumped }) => dumped)
    .filter(
      (task) =>
        task.tenant === tenant &&
        (contextId === undefined || task.contextId === contextId) &&
        (known.get(task.taskId) ?? Infinity) < startedAt &&
        !found.has(task.taskId),
    )
    .map(({ taskId }) => ({
      taskId,
      text: `list of ${client} at ${startedAt} does not have it`,
    }));
}
