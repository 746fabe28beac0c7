import {
  type DumpedConfig,
  type DumpedTask,
  type History,
  type HistoryEntry,
  type Operation,
  type Violation,
} from '../../history/history.js';
import { check } from '../check.js';
import { type Draft } from './draft.js';
import { legalHistory } from './legal-history.js';

/** A history that was legal and may be changed. */
export type HistoryDraft = Draft<History>;

/** What is found in the legal history after a change. */
export function findingsAfter(
  change: (history: HistoryDraft) => void,
): Violation[] {
  const history = legalHistory();
  change(history);
  return check(history);
}

/** The invariants that are violated, each once. */
export function invariantsOf(findings: readonly Violation[]): string[] {
  return [...new Set(findings.map(({ invariant }) => invariant))];
}

export function taskIn(
  { dump }: HistoryDraft,
  taskId: string,
): Draft<DumpedTask> {
  return found(dump.tasks.find((task) => task.taskId === taskId));
}

export function eventIn(history: HistoryDraft, taskId: string, seq: number) {
  return found(taskIn(history, taskId).events[seq - 1]);
}

export function configIn(
  history: HistoryDraft,
  configId: string,
): Draft<DumpedConfig> {
  const configs = history.dump.tasks.flatMap((task) => task.configs);
  return found(configs.find((config) => config.configId === configId));
}

/** The first operation of a kind that was answered with this task, or asked for it. */
export function operationIn(
  history: HistoryDraft,
  op: Operation['op'],
  taskId: string,
): Draft<Operation> {
  const about = operationsIn(history).find(
    ({ op: is, task, request }) =>
      is === op && (task?.id ?? request.taskId) === taskId,
  );
  return found(about);
}

export function operationsIn(history: HistoryDraft) {
  return entriesIn(history, 'operation');
}

export function entriesIn<K extends HistoryEntry['kind']>(
  { entries }: HistoryDraft,
  kind: K,
) {
  const found: { readonly kind: string }[] = entries.filter(
    (entry) => entry.kind === kind,
  );
  return found as Draft<Extract<HistoryEntry, { kind: K }>>[];
}

/** The requests to a webhook, for one event or for all. */
export function requestsIn(
  history: HistoryDraft,
  configId: string,
  seq?: number,
) {
  return entriesIn(history, 'webhook').filter(
    (request) =>
      request.configId === configId && (seq ?? request.seq) === request.seq,
  );
}

export function framesIn(history: HistoryDraft, stream: string) {
  return entriesIn(history, 'frame').filter((frame) => frame.stream === stream);
}

/** Leaves out what was not to happen. */
export function drop(
  history: HistoryDraft,
  ...dropped: readonly object[]
): void {
  history.entries = history.entries.filter((entry) => !dropped.includes(entry));
}

export function found<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error('The sample has no such thing');
  }
  return value;
}
