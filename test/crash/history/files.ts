import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type History, type HistoryEntry } from './history.js';

/** Where the entries of a history are written while it happens. */
export function entriesFile(folder: string): string {
  return join(folder, 'history.jsonl');
}

/** Writes what the entries do not hold, so that the history can be checked again. */
export function saveHistory(
  folder: string,
  { settings, expectations, dump }: History,
): void {
  const rest = { settings, expectations, dump };
  writeFileSync(restFile(folder), JSON.stringify(rest));
}

/** Reads a history that was saved. */
export function readHistory(folder: string): History {
  const rest = JSON.parse(readFileSync(restFile(folder), 'utf8')) as Omit<
    History,
    'entries'
  >;
  const entries = readFileSync(entriesFile(folder), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as HistoryEntry);
  return { ...rest, entries };
}

function restFile(folder: string): string {
  return join(folder, 'outcome.json');
}
