/** What a message asks of the worker, as the value of its data part. */
export interface TaskScript {
  /** Steps of `ctx.once`, in order. */
  readonly steps: readonly string[];
  /** Chunks of the artifact. */
  readonly chunks: number;
  readonly artifactId: string;
  /** Time between two chunks, milliseconds. */
  readonly chunkDelayMs: number;
  /** Time after the chunks, milliseconds. */
  readonly workMs: number;
  readonly end: 'complete' | 'ask' | 'fail' | 'throw';
  /** Go on when the task is cancelled. */
  readonly ignoresCancel: boolean;
  /** Characters of each chunk. @default as many as it needs */
  readonly chunkSize?: number;
  /** Writes a row in one commit with a step, or with the end of the task. @default no row */
  readonly books?: 'step' | 'end';
  /** The name by which the turn is counted in the value of the conversation. @default it is not */
  readonly visitor?: string;
}

/** The step that is stored with a row. */
export const BOOKED = 'booked';

/** What the chunks of a script are together. */
export function artifactText(script: TaskScript): string {
  return Array.from({ length: script.chunks }, (_, index) =>
    chunkText(script, index),
  ).join('');
}

export function chunkText(
  { chunkSize = 0 }: Pick<TaskScript, 'chunkSize'>,
  index: number,
): string {
  return `[${index}]`.padEnd(chunkSize, '.');
}
