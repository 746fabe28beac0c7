/** What a command has of the world. */
export interface CommandIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Fires when the user has had enough. */
  readonly signal: AbortSignal;
  /** The answer. */
  print(text: string): void;
  /** What went wrong, and hints. */
  complain(text: string): void;
  /** The whole standard input. */
  readInput(): Promise<string>;
}
