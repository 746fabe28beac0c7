import { isTerminal } from '@nest-a2a/protocol';
import { type Violation } from '../history/history.js';
import { groupBy } from './group-by.js';
import { type HistoryView } from './history-view.js';
import { type Sighting, stateOf } from './sightings.js';

/** I7: a task that somebody saw ended has ended like that for everybody, and for ever. */
export function staysEnded(view: HistoryView): Violation[] {
  const received = groupBy(endsReceived(view), ({ taskId }) => taskId);
  return [...view.tasks].flatMap(([taskId, { dumped }]) => {
    const seen = view.sightings.get(taskId) ?? [];
    const ends = [...seen.filter(isEnd), ...(received.get(taskId) ?? [])];
    return [...otherEnds(ends, dumped.state), ...laterOpen(seen)].map(
      (text) => ({ invariant: 'I7', taskId, text }),
    );
  });
}

type End = Pick<Sighting, 'taskId' | 'by' | 'state' | 'endedAt'>;

function endsReceived({ webhooks }: HistoryView): End[] {
  return webhooks
    .map(({ taskId, configId, answeredAt, body }) => ({
      taskId,
      by: `webhook ${configId}`,
      state: stateOf(body),
      endedAt: answeredAt,
    }))
    .filter(isEnd);
}

function isEnd({ state }: Pick<Sighting, 'state'>): boolean {
  return state !== undefined && isTerminal(state);
}

function otherEnds(ends: readonly End[], state: string): string[] {
  return ends
    .filter((end) => end.state !== state)
    .map(
      (end) => `${end.by} saw ${end.state} at ${end.endedAt}; it is ${state}`,
    );
}

/** Sightings are in the order of their ends, so the first that ended is the first to know. */
function laterOpen(sightings: readonly Sighting[]): string[] {
  const end = sightings.find(isEnd);
  return sightings
    .filter(
      (later) =>
        end !== undefined &&
        later.isCurrent &&
        later.startedAt > end.endedAt &&
        later.state !== undefined &&
        !isTerminal(later.state),
    )
    .map(
      ({ by, state, startedAt }) =>
        `${by} saw ${state} at ${startedAt}; ${end?.by} had seen ${end?.state} at ${end?.endedAt}`,
    );
}
