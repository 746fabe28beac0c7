import { type Fault } from '../history/history.js';

/** A time from and to which something lasted, milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How long a fault lasted. */
export function spanOf({ at, durationMs = 0 }: Fault): Span {
  return { from: at, to: at + durationMs };
}

/** Whether something goes on later that was under way: a process, or its store, does nothing for a while. */
export function standsStill({ action }: Fault): boolean {
  return STANDSTILLS.has(action);
}

const STANDSTILLS: ReadonlySet<Fault['action']> = new Set([
  'pause',
  'block',
  'delay',
  'hang',
  'databaseRestart',
]);

/** Whether two spans have a moment in common. */
export function isOverlapping(one: Span, other: Span): boolean {
  return one.from <= other.to && other.from <= one.to;
}

/** The faults of a run, and which of them can explain what happened at a time. */
export class FaultsInTime {
  /** The earliest first. */
  readonly all: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    this.all = [...faults].sort((one, other) => one.at - other.at);
  }

  /** Those that lasted at some moment of a span, the earliest first. */
  during(span: Span): readonly Fault[] {
    return this.all.filter((fault) => isOverlapping(spanOf(fault), span));
  }

  /**
   * Until when something that takes at most `durationMs` from `from` on can be
   * under way: a frozen process, or one whose database is away, takes it up
   * again afterwards.
   */
  latestEnd(from: number, durationMs: number): number {
    let end = from + durationMs;
    for (const fault of this.all) {
      const { to } = spanOf(fault);
      if (standsStill(fault) && fault.at <= end && to >= from) {
        end = Math.max(end, to + durationMs);
      }
    }
    return end;
  }
}
