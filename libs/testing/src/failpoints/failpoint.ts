/** The places where a process can be made to fail, see {@link Failpoints}. */
export const FAILPOINT_NAMES = Object.freeze([
  'create.before_tx',
  'create.after_commit',
  'append.before_tx',
  'append.after_commit',
  'claim.after_commit',
  'renew.before',
  'turn.before_emit',
  'turn.after_emit',
  'cancel.after_flag',
  'fenceout.after_commit',
  'push.after_claim',
  'push.after_send',
  'push.after_commit',
  'sse.after_snapshot',
  'drain.after_release',
  'context.before_tx',
  'context.after_commit',
] as const);

/** One of {@link FAILPOINT_NAMES}. */
export type FailpointName = (typeof FAILPOINT_NAMES)[number];

/** What can happen at a failpoint. */
export const FAILPOINT_ACTIONS = Object.freeze([
  'KILL',
  'PAUSE',
  'ERROR',
  'DELAY',
  'HANG',
  'BLOCK',
] as const);

/**
 * - `KILL`: the process ends at once (SIGKILL).
 * - `PAUSE`: the process is frozen (SIGSTOP) until somebody lets it go on (SIGCONT).
 * - `ERROR`: the call fails with a StoreError `UNAVAILABLE`. At a point after
 *   the commit it has taken effect, and its caller cannot know.
 * - `DELAY`: the call takes `durationMs` longer, as a slow store does (500 where none is given).
 * - `HANG`: nothing comes back for `durationMs` (10,000 where none is given); then the
 *   call goes on as if nothing had been, or fails like an `ERROR` where the failpoint `fails`.
 * - `BLOCK`: the event loop stands still for `durationMs` (1,000 where none is given).
 *   Unlike after a `PAUSE` all timers that were due meanwhile fire late, in a process that never knew.
 */
export type FailpointAction = (typeof FAILPOINT_ACTIONS)[number];

/** What is to happen, where and when. It happens once. */
export interface Failpoint {
  /** For {@link Failpoints.disarm} and the report. */
  readonly id: string;
  readonly point: FailpointName;
  readonly action: FailpointAction;
  /** Only for this task, conversation or webhook, by its id. @default any */
  readonly target?: string;
  /** Only for writes that end or interrupt the task. @default any */
  readonly terminal?: boolean;
  /** Only from this place on in the log of the task, or in what a turn emits. @default 0 */
  readonly from?: number;
  /** At which of the passes that match, counted in this process. @default 1 */
  readonly nth?: number;
  /** How long a `DELAY`, `HANG` or `BLOCK` lasts, milliseconds. @default see {@link FailpointAction} */
  readonly durationMs?: number;
  /** Whether the call fails after a `HANG`. @default false */
  readonly fails?: boolean;
}

/** What passes a failpoint. */
export interface Passage {
  /** Ids of the tasks, conversations and webhooks it is about. */
  readonly ids: readonly string[];
  /** Whether it ends or interrupts a task. */
  readonly terminal: boolean;
  /** How far the task is: the version that is written to, the event that is delivered. 0 where nobody knows. */
  readonly at: number;
}

/**
 * Reads `name:ACTION@nth`, such as `append.after_commit:KILL@2`; without `@nth`
 * it is the first pass.
 *
 * @throws TypeError
 */
export function parseFailpoint(text: string): Failpoint {
  const [, name, act, nth] = /^([a-z._]+):([A-Z]+)(?:@([1-9]\d*))?$/.exec(
    text,
  ) ?? [undefined];
  const point = FAILPOINT_NAMES.find((known) => known === name);
  const action = FAILPOINT_ACTIONS.find((known) => known === act);
  if (!point || !action) {
    throw new TypeError(
      `"${text}" is no failpoint such as append.after_commit:KILL@2`,
    );
  }
  return { id: text, point, action, nth: Number(nth ?? 1) };
}
