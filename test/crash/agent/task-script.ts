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
}

/** What the chunks of a script are together. */
export function artifactText({ chunks }: TaskScript): string {
  return Array.from({ length: chunks }, (_, index) => chunkText(index)).join(
    '',
  );
}

export function chunkText(index: number): string {
  return `[${index}]`;
}
