import { type RunResult } from '../lab/run-laboratory.js';

/** The numbers of a run, for people and for scripts. */
export interface Summary {
  readonly title: string;
  readonly seed: number;
  readonly runtime: string;
  readonly tasks: number;
  readonly events: number;
  readonly operations: number;
  readonly streams: number;
  readonly frames: number;
  readonly webhooks: number;
  /** Webhooks that came again, with the same id: allowed. */
  readonly repeatedWebhooks: number;
  /** Runs of a turn after the first: take-overs and hand-backs. */
  readonly repeatedRuns: number;
  /** Rows that were written in one commit with events. */
  readonly bookings: number;
  /** Turns that are counted in values of conversations. */
  readonly visits: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** Counts what a history holds. */
export function summarise(result: RunResult): Summary {
  const { title, seed, history, violations, problems, durationMs } = result;
  const { entries, dump, settings } = history;
  const count = (kind: string) =>
    entries.filter((entry) => entry.kind === kind).length;
  const faults: Record<string, number> = {};
  const seen = new Set<string>();
  const turns = new Set<string>();
  let repeatedWebhooks = 0;
  for (const entry of entries) {
    if (entry.kind === 'fault') {
      faults[entry.action] = (faults[entry.action] ?? 0) + 1;
    } else if (entry.kind === 'webhook' && entry.answer === 'taken') {
      repeatedWebhooks += seen.has(entry.webhookId) ? 1 : 0;
      seen.add(entry.webhookId);
    } else if (entry.kind === 'run') {
      turns.add(entry.taskId);
    }
  }
  return {
    title,
    seed,
    runtime: settings.runtime,
    tasks: dump.tasks.length,
    events: dump.tasks.reduce((sum, { events }) => sum + events.length, 0),
    operations: count('operation'),
    streams: count('streamOpened'),
    frames: count('frame'),
    webhooks: count('webhook'),
    repeatedWebhooks,
    repeatedRuns: count('run') - turns.size,
    bookings: dump.bookings.length,
    visits: dump.conversations.reduce((sum, { value }) => sum + value.count, 0),
    faults,
    violations: violations.map(
      ({ invariant, taskId, text }) =>
        `${invariant}${taskId === undefined ? '' : ` task ${taskId}`}: ${text}`,
    ),
    problems,
    seconds: Math.round(durationMs / 1_000),
  };
}
