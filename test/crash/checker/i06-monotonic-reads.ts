import { type Violation } from '../history/history.js';
import { type HistoryView } from './history-view.js';
import { type Sighting } from './sightings.js';

/**
 * I6: nobody who asks sees less than what somebody had seen before. All instances
 * have one store, so this holds over all clients and bindings, and not only for
 * each client.
 */
export function neverGoesBack(view: HistoryView): Violation[] {
  return [...view.sightings].flatMap(([taskId, sightings]) => {
    const isWhole = view.tasks.get(taskId)?.error === undefined;
    const texts = isWhole ? backwards(sightings) : [];
    return texts.map((text) => ({ invariant: 'I6', taskId, text }));
  });
}

/** What was known for certain at a time. */
interface Known {
  readonly at: number;
  readonly version: number;
  readonly by: string;
}

/** A sighting that may show several versions is taken for the lowest that is possible. */
function backwards(sightings: readonly Sighting[]): string[] {
  const known: Known[] = [];
  return sightings.flatMap((sighting) => {
    const { versions, by, startedAt, endedAt, isCurrent } = sighting;
    const before = isCurrent ? knownBefore(known, startedAt) : undefined;
    const least = before?.version ?? 0;
    const version = versions.find((one) => one >= least);
    const highest = known.at(-1)?.version ?? 0;
    if (version !== undefined && version > highest) {
      known.push({ at: endedAt, version, by });
    }
    return before === undefined || version !== undefined || !versions.length
      ? []
      : [
          `${by} saw version ${versions.join(' or ')} from ${startedAt} to ${endedAt}; ${before.by} had seen version ${before.version} at ${before.at}`,
        ];
  });
}

/** The highest version that was known before a moment; `known` rises in time and version. */
function knownBefore(
  known: readonly Known[],
  moment: number,
): Known | undefined {
  let from = 0;
  let to = known.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((known[middle]?.at ?? Infinity) < moment) from = middle + 1;
    else to = middle;
  }
  return known[from - 1];
}
