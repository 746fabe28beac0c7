/** What the agents take. */
export const INPUT_MODES = [
  'text/plain',
  'application/json',
  'application/octet-stream',
];

/** How their extended cards describe them. */
export const EXTENDED = 'Does more for those who ask.';

/**
 * An agent of either side, with streaming and push notifications. It does what
 * the text of a message says:
 *
 * | text | does |
 * | --- | --- |
 * | `work` | working "On it", artifact "one, ", waits for the gate, the same appended "two", completed |
 * | `wait` | working "Waiting", waits for the gate or the cancellation |
 * | `ask` | input required "Which quarter?" |
 * | `say` | a message "Hello" and no task |
 * | `mirror: …` | an artifact of the same parts, completed |
 */
export interface InteropAgent {
  readonly url: string;
  /** Lets everybody pass who waits, or will. */
  openGate(): void;
  close(): Promise<void>;
}
