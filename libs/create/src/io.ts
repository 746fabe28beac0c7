/** What the command has of the world. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether somebody is there to be asked. */
  readonly isInteractive: boolean;
  print(text: string): void;
  /** What went wrong. */
  complain(text: string): void;
  /** @returns the answer; rejects where there is none */
  ask(question: string): Promise<string>;
}
