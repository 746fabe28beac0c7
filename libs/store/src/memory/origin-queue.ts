import { scopeKey } from '../scope.js';
import { DueQueue } from './due-queue.js';
import { OriginLane } from './origin-lane.js';
import { type PushEntry } from './push-entry.js';

/** The configurations for one origin, by tenant. */
export class OriginQueue {
  /** The tenant that was served last is the last. */
  private readonly lanes = new Map<string, OriginLane>();
  /** The lanes from which one more may be claimed, by when. */
  private readonly ready = new DueQueue<OriginLane>();
  private claims = 0;

  constructor(readonly name: string) {}

  get isEmpty(): boolean {
    return this.lanes.size === 0;
  }

  /** How many claims of all tenants are under way. */
  get inFlight(): number {
    return this.claims;
  }

  /** From when on one more may be claimed, as far as the tenants go. */
  get openAt(): number | undefined {
    return this.ready.peek()?.time;
  }

  /** Everybody who has failures here, or something to deliver. */
  get all(): Iterable<OriginLane> {
    return this.lanes.values();
  }

  /** Changes the lane of a configuration; one with nothing to remember is gone then. */
  update<T>(entry: PushEntry, change: (lane: OriginLane) => T): T {
    const key = keyOf(entry);
    const lane =
      this.lanes.get(key) ?? new OriginLane(entry.scope, entry.origin);
    const result = this.counting(lane, change);
    if (lane.isEmpty) {
      this.lanes.delete(key);
    } else if (!this.lanes.has(key)) {
      this.lanes.set(key, lane);
    }
    return result;
  }

  /** What is remembered for the tenant of a configuration. */
  laneOf(entry: PushEntry): OriginLane | undefined {
    return this.lanes.get(keyOf(entry));
  }

  /** Forgets the failures for which nothing waits. */
  forgetIdle(now: number): void {
    for (const [key, lane] of this.lanes) {
      lane.forgetIdle(now);
      if (lane.isEmpty) {
        this.lanes.delete(key);
      }
    }
  }

  /** The longest due of the tenant with the fewest claims, of several the one that has waited for longest. */
  next(now: number): PushEntry | undefined {
    const found = this.nextLane(now);
    if (!found) {
      return undefined;
    }
    const [key, lane] = found;
    this.lanes.delete(key);
    this.lanes.set(key, lane);
    return lane.waiting.peek()?.key;
  }

  private nextLane(now: number): [string, OriginLane] | undefined {
    let found: [string, OriginLane] | undefined;
    let fewest = Infinity;
    for (const [key, lane] of this.lanes) {
      const { openAt = Infinity, inFlight } = lane;
      if (openAt <= now && inFlight.size < fewest) {
        found = [key, lane];
        fewest = inFlight.size;
      }
      if (fewest === 0) {
        break;
      }
    }
    return found;
  }

  private counting<T>(lane: OriginLane, change: (lane: OriginLane) => T): T {
    const before = lane.inFlight.size;
    const result = change(lane);
    this.claims += lane.inFlight.size - before;
    const { openAt } = lane;
    if (openAt === undefined) {
      this.ready.delete(lane);
    } else {
      this.ready.set(lane, openAt);
    }
    return result;
  }
}

function keyOf({ scope }: PushEntry): string {
  return scopeKey({ ...scope, principal: '' });
}
