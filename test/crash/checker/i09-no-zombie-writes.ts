import { type DumpedEvent, type Violation } from '../history/history.js';
import { type HistoryView } from './history-view.js';
import { runNameOf } from './run-names.js';

/** I9: who was taken over writes nothing more: leases, runs and attempts follow each other and never come back. */
export function writesInTurn(view: HistoryView): Violation[] {
  return [...view.tasks.values()].flatMap(({ dumped }) => {
    const { taskId, events } = dumped;
    return [
      ...epochsBack(events),
      ...runsBack(events),
      ...attemptsBack(events),
      ...runsOfOthers(events, { taskId, view }),
    ].map((text) => ({ invariant: 'I9', taskId, text }));
  });
}

function epochsBack(events: readonly DumpedEvent[]): string[] {
  let highest = 0;
  return events.flatMap(({ seq, epoch }) => {
    // Written without a lease, by whoever took a message in or ended the task by force.
    if (epoch === 0) return [];
    const before = highest;
    highest = Math.max(highest, epoch);
    return epoch < before
      ? [`event ${seq} of lease ${epoch} follows one of lease ${before}`]
      : [];
  });
}

/** A run goes on as long as its lease, and a lease has one run. */
function runsBack(events: readonly DumpedEvent[]): string[] {
  const over = new Set<string>();
  let current: { run: string; epoch: number } | undefined;
  return events.flatMap((event) => {
    const { seq, epoch } = event;
    const { run } = runNameOf(event) ?? {};
    if (run === undefined) return [];
    const before = current;
    current = { run, epoch };
    if (before && before.run !== run) over.add(before.run);
    if (over.has(run))
      return [`event ${seq} of run ${run} comes after another run`];
    return before && (before.run === run) !== (before.epoch === epoch)
      ? [
          `event ${seq}: lease ${epoch}, run ${run}; before it lease ${before.epoch}, run ${before.run}`,
        ]
      : [];
  });
}

/** Attempts are counted for each turn. */
function attemptsBack(events: readonly DumpedEvent[]): string[] {
  const highest = new Map<number, number>();
  return events.flatMap((event) => {
    const { seq, turn } = event;
    const { attempt } = runNameOf(event) ?? {};
    if (attempt === undefined) return [];
    const before = highest.get(turn) ?? 0;
    highest.set(turn, Math.max(before, attempt));
    return attempt < before
      ? [`event ${seq} of attempt ${attempt} follows one of attempt ${before}`]
      : [];
  });
}

function runsOfOthers(
  events: readonly DumpedEvent[],
  { taskId, view }: { taskId: string; view: HistoryView },
): string[] {
  return events.flatMap((event) => {
    const { run = '' } = runNameOf(event) ?? {};
    const known = view.runs.get(run);
    return known === undefined || known.taskId === taskId
      ? []
      : [
          `event ${event.seq} is of run ${run}, which worked on ${known.taskId}`,
        ];
  });
}
