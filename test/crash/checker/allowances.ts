/** What the checker lets pass because clocks and machines are not perfect. */
export interface Allowances {
  /** How late things may be on a busy machine, milliseconds. @default 3000 */
  readonly slackMs: number;
  /** How far the clocks of store and laboratory may disagree about a wait, milliseconds. @default 50 */
  readonly toleranceMs: number;
  /** How many more an instance may hold at the end than at the beginning, by name; 0 for a name that is missing. */
  readonly extra: Readonly<Record<string, number>>;
  /** How often the heap of the beginning may be held at the end. @default 3 */
  readonly heapFactor: number;
}

/**
 * - `sockets`, `timers`: a pool that has grown and connections that are kept alive for a while
 * - `databaseConnections`: one for each listener that connects anew
 */
export const ALLOWANCES: Allowances = Object.freeze({
  slackMs: 3_000,
  toleranceMs: 50,
  extra: Object.freeze({ sockets: 16, timers: 16, databaseConnections: 2 }),
  heapFactor: 3,
});
