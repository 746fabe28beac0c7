import {
  type BreakerPolicy,
  type OriginChange,
  type OriginNote,
} from './push-origin.js';

/** More doublings than this are longer than anybody waits. */
const MAX_DOUBLINGS = 40;

/**
 * What is kept of an origin that fails a tenant; nothing where it does not.
 *
 * ```
 *           so many failures, or asked to wait           time
 *  closed ─────────────────────────────────────> open ─────────> half open
 *    ^                                             ^                 │
 *    │                                             └── probe fails ──┤
 *    └──────────────────── probe is answered ────────────────────────┘
 * ```
 *
 * - closed: `openUntil` is missing. Everything that is due may be claimed.
 * - open: `openUntil` lies ahead. Nothing is claimed, and what ends says nothing: it began before.
 * - half open: `openUntil` has passed. One claim at a time, the probe.
 */
export interface BreakerState {
  readonly failures: number;
  readonly openUntil?: number | undefined;
}

/** A breaker after a note. */
export interface BreakerStep {
  /** `undefined` where there is nothing to keep. */
  readonly state: BreakerState | undefined;
  readonly change?: OriginChange;
}

/** The state of a breaker after what was noted. */
export function noteOrigin(
  state: BreakerState,
  note: OriginNote,
  now: number,
): BreakerStep {
  if (isOpen(state, now)) {
    return { state: heldLonger(state, note) };
  }
  if (note.kind === 'up') {
    return {
      state: undefined,
      ...(state.openUntil !== undefined && { change: { kind: 'closed' } }),
    };
  }
  return failed(state, note, now);
}

/** Whether nothing may be claimed now. */
export function isOpen({ openUntil }: BreakerState, now: number): boolean {
  return openUntil !== undefined && openUntil > now;
}

function heldLonger(state: BreakerState, note: OriginNote): BreakerState {
  const { openUntil = 0 } = state;
  const heldUntil = note.kind === 'down' ? (note.heldUntil ?? 0) : 0;
  return { ...state, openUntil: Math.max(openUntil, heldUntil) };
}

function failed(
  state: BreakerState,
  { breaker, heldUntil = 0 }: Extract<OriginNote, { kind: 'down' }>,
  now: number,
): BreakerStep {
  const failures = state.failures + 1;
  const isProbe = state.openUntil !== undefined;
  const opens = breaker && (isProbe || failures >= breaker.failures);
  const openUntil = Math.max(
    opens ? now + openMs(breaker, failures) : 0,
    heldUntil,
  );
  if (openUntil <= now) {
    return { state: { ...state, failures } };
  }
  return {
    state: { failures, openUntil },
    change: { kind: 'opened', failures, openUntil },
  };
}

function openMs(
  { failures, openMs: firstMs, maxOpenMs }: BreakerPolicy,
  count: number,
): number {
  const doublings = Math.min(Math.max(0, count - failures), MAX_DOUBLINGS);
  return Math.min(maxOpenMs, firstMs * 2 ** doublings);
}
