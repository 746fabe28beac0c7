import {
  type OriginBacklog,
  type OriginChange,
  type OriginNote,
  type OriginState,
} from '../push/push-origin.js';
import { DueQueue } from './due-queue.js';
import { type OriginLane } from './origin-lane.js';
import { OriginQueue } from './origin-queue.js';
import { type PushEntry } from './push-entry.js';

/**
 * Which configuration to deliver for next. An origin that has as many claims as
 * it may have, or whose breakers are open, is out of the queue with all its
 * configurations, so a dead receiver with a long backlog costs the others nothing.
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
      this.update(entry, (lane) => lane.inFlight.add(entry));
    } else if (dueAt !== undefined) {
      this.update(entry, (lane) => lane.waiting.set(entry, dueAt));
    }
  }

  /** Takes a configuration out. Before its state changes: the origin is part of it. */
  remove(entry: PushEntry): void {
    this.leases.delete(entry);
    this.update(entry, (lane) => {
      lane.waiting.delete(entry);
      lane.inFlight.delete(entry);
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

  /** What may be claimed: of the origin that has waited for longest, of the tenant whose turn it is, the longest due. */
  next(now: number): PushEntry | undefined {
    this.lapse(now);
    const first = this.open.peek();
    return first && first.time <= now ? first.key.next(now) : undefined;
  }

  /** Notes what an attempt says about the origin of a configuration. */
  note(
    entry: PushEntry,
    note: OriginNote,
    now: number,
  ): OriginChange | undefined {
    return this.update(entry, (lane) => lane.note(note, now));
  }

  /** What is remembered of the origin of a configuration, for its tenant. */
  laneOf(entry: PushEntry): OriginLane | undefined {
    return this.origins.get(entry.origin)?.laneOf(entry);
  }

  /** Forgets failures of origins for which nothing waits. */
  forgetIdle(now: number): void {
    for (const origin of this.origins.values()) {
      origin.forgetIdle(now);
      this.refresh(origin);
    }
  }

  /** The origins that fail, those that are open for longest first. */
  failing(limit: number): readonly OriginState[] {
    return [...this.origins.values()]
      .flatMap((origin) => [...origin.all].map(({ state }) => state))
      .filter((state) => state !== undefined)
      .sort((a, b) => (b.openUntil ?? 0) - (a.openUntil ?? 0))
      .slice(0, limit);
  }

  /** What waits for the origins, the oldest event first. */
  backlog(limit: number): readonly OriginBacklog[] {
    return [...this.origins.values()]
      .flatMap((origin) => [...origin.all].map(({ backlog }) => backlog))
      .filter((backlog) => backlog !== undefined)
      .sort((a, b) => a.oldestAt - b.oldestAt)
      .slice(0, limit);
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

  private update<T>(entry: PushEntry, change: (lane: OriginLane) => T): T {
    const origin =
      this.origins.get(entry.origin) ?? new OriginQueue(entry.origin);
    const result = origin.update(entry, change);
    this.refresh(origin);
    return result;
  }

  private refresh(origin: OriginQueue): void {
    if (origin.isEmpty) {
      this.origins.delete(origin.name);
    } else {
      this.origins.set(origin.name, origin);
    }
    const { openAt } = origin;
    if (openAt !== undefined && origin.inFlight < this.perOrigin) {
      this.open.set(origin, openAt);
    } else {
      this.open.delete(origin);
    }
  }
}
