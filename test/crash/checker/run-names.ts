import { type DumpedEvent } from '../history/history.js';

/** What the worker of the laboratory writes into each status and step. */
const NAME = /\brun=([\w-]+)(?: attempt=(\d+))?/;

/** The run that has written an event, as far as the event names it. */
export interface RunName {
  readonly run: string;
  readonly attempt: number | undefined;
}

/** Reads the name from what the agent says itself; what a caller wrote names nobody. */
export function runNameOf({
  eventKind,
  body,
}: DumpedEvent): RunName | undefined {
  if (eventKind !== 'statusUpdate' && eventKind !== 'step') {
    return undefined;
  }
  const [, run, attempt] = NAME.exec(JSON.stringify(body)) ?? [];
  return run === undefined
    ? undefined
    : { run, attempt: attempt === undefined ? undefined : Number(attempt) };
}
