import {
  type BreakerState,
  isOpen,
  noteOrigin,
} from '../push/origin-breaker.js';
import {
  type OriginBacklog,
  type OriginChange,
  type OriginNote,
  type OriginState,
} from '../push/push-origin.js';
import { type Scope } from '../scope.js';
import { DueQueue } from './due-queue.js';
import { type PushEntry } from './push-entry.js';

/** The configurations of one tenant for one origin that have something to deliver, and how the origin answers it. */
export class OriginLane {
  readonly waiting = new DueQueue<PushEntry>();
  readonly inFlight = new Set<PushEntry>();
  private breaker: BreakerState | undefined;

  constructor(
    private readonly scope: Scope,
    private readonly origin: string,
  ) {}

  /** Whether there is nothing left to remember. */
  get isEmpty(): boolean {
    return this.isIdle && this.breaker === undefined;
  }

  /** From when on one more may be claimed, milliseconds; `undefined` for not before something else happens. */
  get openAt(): number | undefined {
    const dueAt = this.waiting.peek()?.time;
    const openUntil = this.breaker?.openUntil;
    if (dueAt === undefined || openUntil === undefined) {
      return dueAt;
    }
    return this.inFlight.size === 0 ? Math.max(dueAt, openUntil) : undefined;
  }

  /** Until when its breaker is open, milliseconds; past while it is half open. */
  get openUntil(): number | undefined {
    return this.breaker?.openUntil;
  }

  /** From when on something may be sent once more, milliseconds: half open, only where no delivery would be the probe. */
  get redeliverableAt(): number {
    const openUntil = this.breaker?.openUntil;
    if (openUntil === undefined) {
      return 0;
    }
    return this.isIdle ? openUntil : Infinity;
  }

  /** The failures of the origin, where there are any. */
  get state(): OriginState | undefined {
    return this.breaker && this.stateOf(this.breaker);
  }

  /** What waits, where something does. Looks at all of it. */
  get backlog(): OriginBacklog | undefined {
    let waiting = 0;
    let oldestAt = Infinity;
    for (const entry of [...this.waiting.keys(), ...this.inFlight]) {
      const { isActive, oldestAt: at } = entry;
      if (isActive && at !== undefined) {
        waiting += 1;
        oldestAt = Math.min(oldestAt, at);
      }
    }
    const state = this.stateOf(this.breaker ?? { failures: 0 });
    return waiting > 0 ? { ...state, waiting, oldestAt } : undefined;
  }

  note(note: OriginNote, now: number): OriginChange | undefined {
    const state = this.breaker ?? { failures: 0 };
    const step = noteOrigin(state, note, now);
    this.breaker = step.state;
    return step.change;
  }

  /** Forgets the failures where nothing waits for the origin to come back. */
  forgetIdle(now: number): void {
    if (this.isIdle && this.breaker && !isOpen(this.breaker, now)) {
      this.breaker = undefined;
    }
  }

  private stateOf({ failures, openUntil }: BreakerState): OriginState {
    const { agent, tenant } = this.scope;
    return {
      agent,
      tenant,
      origin: this.origin,
      failures,
      ...(openUntil !== undefined && { openUntil }),
    };
  }

  private get isIdle(): boolean {
    return this.waiting.size === 0 && this.inFlight.size === 0;
  }
}
