import { type BreakerState, noteOrigin } from '../push/origin-breaker.js';
import { type OriginNote } from '../push/push-origin.js';
import { PushEntry } from './push-entry.js';
import { PushQueue } from './push-queue.js';

const PER_ORIGIN = 3;
const breaker = { failures: 2, openMs: 20, maxOpenMs: 90 };
const NOTES: readonly OriginNote[] = [
  { kind: 'up' },
  { kind: 'down', breaker },
  { kind: 'down', breaker, heldUntil: 70 },
];

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (state >> 8) % limit;
  };
}

/** Says what a look at all configurations, one after the other, would find. */
class Model {
  readonly entries: PushEntry[] = [];
  private readonly breakers = new Map<string, BreakerState>();

  add(tenant: string, origin: string): void {
    const { length: order } = this.entries;
    const scope = { agent: 'a', tenant, principal: '' };
    const config = {
      id: `c${order}`,
      origin,
      protocolVersion: '1.0' as const,
      select: 'updates' as const,
      sealed: Uint8Array.of(),
    };
    const task = { id: 't', scope, events: [] };
    this.entries.push(new PushEntry(task, config, { order, cursor: 0 }));
  }

  note(entry: PushEntry, note: OriginNote, now: number) {
    const key = nameOf(entry);
    const known = this.breakers.get(key) ?? { failures: 0 };
    const { state, change } = noteOrigin(known, note, now);
    if (state) this.breakers.set(key, state);
    else this.breakers.delete(key);
    return change;
  }

  /** From when on a configuration may be claimed. */
  openAt(entry: PushEntry): number {
    const { dueAt = Infinity, origin } = entry;
    const openUntil = this.breakers.get(nameOf(entry))?.openUntil;
    const hasRoom =
      this.inFlight((other) => other.origin === origin) < PER_ORIGIN;
    const isProbed = openUntil !== undefined && this.inFlightLike(entry) > 0;
    return hasRoom && !isProbed ? Math.max(dueAt, openUntil ?? 0) : Infinity;
  }

  inFlightLike(entry: PushEntry): number {
    return this.inFlight((other) => nameOf(other) === nameOf(entry));
  }

  private inFlight(isLike: (entry: PushEntry) => boolean): number {
    return this.entries.filter(
      (entry) => entry.leaseUntil !== undefined && isLike(entry),
    ).length;
  }
}

function nameOf({ origin, scope }: PushEntry): string {
  return `${origin} ${scope.tenant}`;
}

describe('PushQueue, with tenants whose origins fail', () => {
  it.each([1, 2, 3])(
    'gives out what may be claimed, fairly, and says when (run %d)',
    (seed) => {
      const next = numbers(seed);
      const queue = new PushQueue();
      queue.limit(PER_ORIGIN);
      const model = new Model();
      const { entries } = model;
      for (let index = 0; index < 40; index += 1) {
        model.add(`t${index % 3}`, `o${next(3)}`);
      }
      let now = 0;
      let claims = 0;
      let opened = 0;
      for (let round = 0; round < 4_000; round += 1) {
        now += next(5);
        const entry = entries[next(entries.length)]!;
        if (entry.leaseUntil === undefined) {
          queue.change(entry, () => entry.giveBack(now + next(30)));
        } else {
          const note = NOTES[next(NOTES.length)]!;
          const held =
            'heldUntil' in note ? { ...note, heldUntil: now + 70 } : note;
          queue.change(entry, () => entry.giveBack(now + next(30)));
          const change = queue.note(entry, held, now);
          expect(change).toEqual(model.note(entry, held, now));
          opened += change?.kind === 'opened' ? 1 : 0;
        }
        const found = queue.next(now);
        const ready = entries.filter((one) => model.openAt(one) <= now);
        expect(found !== undefined).toBe(ready.length > 0);
        if (found) {
          expect(ready).toContain(found);
          const rivals = ready.filter(({ origin }) => origin === found.origin);
          const fewest = Math.min(
            ...rivals.map((one) => model.inFlightLike(one)),
          );
          expect(model.inFlightLike(found)).toBe(fewest);
          claims += 1;
          queue.change(found, () => found.claim(claims, now + 1 + next(60)));
        }
        const times = entries.flatMap((one) => [
          model.openAt(one),
          one.leaseUntil ?? Infinity,
        ]);
        expect(queue.nextDueAt() ?? Infinity).toBe(Math.min(...times));
      }
      expect(claims).toBeGreaterThan(100);
      expect(opened).toBeGreaterThan(20);
      entries.forEach((entry) => queue.remove(entry));
      queue.forgetIdle(Infinity);
      expect(queue.size).toBe(0);
      expect(queue.failing(99)).toEqual([]);
    },
  );
});
