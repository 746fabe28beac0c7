import { DueQueue } from './due-queue.js';
import { type PushEntry } from './push-entry.js';

/** The configurations of one origin. */
class OriginQueue {
  readonly waiting = new DueQueue<PushEntry>();
  readonly inFlight = new Set<PushEntry>();

  constructor(readonly name: string) {}

  get isEmpty(): boolean {
    return this.waiting.size === 0 && this.inFlight.size === 0;
  }
}

/**
 * Which configuration to deliver for next. An origin that has as many claims as
 * it may have is out of the queue with all its configurations, so a dead
 * receiver with a long backlog costs the others nothing.
 */
export class PushQueue {
  private readonly origins = new Map<string, OriginQueue>();
  /** The origins that may have one more claim, by their first configuration. */
  private readonly open = new DueQueue<OriginQueue>();
  /** The claims, by the end of their lease. */
  private readonly leases = new DueQueue<PushEntry>();
  private perOrigin = Infinity;

  get size(): number {
    return this.origins.size + this.open.size + this.leases.size;
  }

  /** Puts a configuration where its state says. It must not be in the queue. */
  place(entry: PushEntry): void {
    const { leaseUntil, dueAt } = entry;
    if (leaseUntil !== undefined) {
      this.leases.set(entry, leaseUntil);
      this.update(entry, (origin) => origin.inFlight.add(entry));
    } else if (dueAt !== undefined) {
      this.update(entry, (origin) => origin.waiting.set(entry, dueAt));
    }
  }

  /** Takes a configuration out. Before its state changes: the origin is part of it. */
  remove(entry: PushEntry): void {
    this.leases.delete(entry);
    this.update(entry, (origin) => {
      origin.waiting.delete(entry);
      origin.inFlight.delete(entry);
    });
  }

  /** Changes the state of a configuration, and its place with it. */
  change(entry: PushEntry, change: () => void): void {
    this.remove(entry);
    change();
    this.place(entry);
  }

  /** How many claims an origin may have at a time. */
  limit(perOrigin: number): void {
    if (perOrigin !== this.perOrigin) {
      this.perOrigin = perOrigin;
      for (const origin of this.origins.values()) {
        this.refresh(origin);
      }
    }
  }

  /** The configuration that may be claimed and is due the longest. */
  next(now: number): PushEntry | undefined {
    this.lapse(now);
    const first = this.open.peek();
    return first && first.time <= now
      ? first.key.waiting.peek()?.key
      : undefined;
  }

  /** When something may be claimed that may not be now. */
  nextDueAt(): number | undefined {
    const times = [this.open.peek()?.time, this.leases.peek()?.time];
    const known = times.filter((time) => time !== undefined);
    return known.length > 0 ? Math.min(...known) : undefined;
  }

  private lapse(now: number): void {
    let first = this.leases.peek();
    while (first && first.time <= now) {
      const { key } = first;
      this.change(key, () => key.lapse());
      first = this.leases.peek();
    }
  }

  private update(entry: PushEntry, change: (origin: OriginQueue) => void) {
    const origin =
      this.origins.get(entry.origin) ?? new OriginQueue(entry.origin);
    change(origin);
    this.refresh(origin);
  }

  private refresh(origin: OriginQueue): void {
    if (origin.isEmpty) {
      this.origins.delete(origin.name);
    } else {
      this.origins.set(origin.name, origin);
    }
    const first = origin.waiting.peek();
    if (first && origin.inFlight.size < this.perOrigin) {
      this.open.set(origin, first.time);
    } else {
      this.open.delete(origin);
    }
  }
}
