import { type StoredEvent } from '../log/task-event.js';
import { PushEntry } from './push-entry.js';
import { PushQueue } from './push-queue.js';

const EVENT: StoredEvent = {
  id: 'e',
  seq: 1,
  at: 0,
  turn: 1,
  epoch: 0,
  json: '',
  body: { kind: 'artifactEnd', artifactId: 'a' },
};
const TASK = {
  id: 't',
  scope: { agent: 'a', tenant: '', principal: '' },
  events: [EVENT],
};

function configOf(id: string, origin: string) {
  return {
    id,
    origin,
    protocolVersion: '1.0' as const,
    select: 'updates' as const,
    sealed: Uint8Array.of(),
  };
}

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (state >> 8) % limit;
  };
}

/** What a query over all configurations would find. */
function scan(entries: readonly PushEntry[], now: number, perOrigin: number) {
  const inFlight = (origin: string) =>
    entries.filter(
      (entry) => entry.origin === origin && entry.leaseUntil !== undefined,
    ).length;
  const due = entries.filter(
    ({ dueAt = Infinity, origin }) =>
      dueAt <= now && inFlight(origin) < perOrigin,
  );
  return Math.min(...due.map(({ dueAt = Infinity }) => dueAt));
}

/** One change of a configuration, as the ledger makes it. */
function change(entry: PushEntry, kind: number, now: number): void {
  switch (kind) {
    case 0:
      return entry.setState('paused', now);
    case 1:
      return entry.setState('active', now);
    case 2:
      return entry.giveBack(now);
    case 3:
      return entry.giveBack(now + 30);
    case 4:
      return entry.giveBack(undefined);
    default:
      return entry.replace(configOf(entry.id, `o${kind % 3}`), now);
  }
}

describe('PushQueue', () => {
  it.each([1, 2, 3])(
    'finds what a look at all configurations would find (run %d)',
    (seed) => {
      const next = numbers(seed);
      const queue = new PushQueue();
      const entries: PushEntry[] = [];
      let now = 0;
      let claims = 0;
      for (let round = 0; round < 4_000; round += 1) {
        now += next(4);
        const entry = entries[next(30)];
        if (!entry) {
          const id = `c${entries.length}`;
          const config = configOf(id, `o${next(3)}`);
          const place = { order: entries.length, cursor: 0 };
          entries.push(new PushEntry(TASK, config, place));
        } else {
          queue.change(entry, () => change(entry, next(8), now));
        }
        const perOrigin = 1 + Math.floor(round / 1_000);
        queue.limit(perOrigin);
        const found = queue.next(now);
        expect(found?.dueAt ?? Infinity).toBe(scan(entries, now, perOrigin));
        if (found && next(2) === 0) {
          claims += 1;
          queue.change(found, () => found.claim(claims, now + 1 + next(50)));
        }
      }
      expect(claims).toBeGreaterThan(100);
      entries.forEach((entry) => queue.remove(entry));
      expect(queue.size).toBe(0);
    },
  );

  it('says when something may be claimed that may not be now', () => {
    const queue = new PushQueue();
    queue.limit(1);
    const [first, second] = ['a', 'b'].map(
      (id) => new PushEntry(TASK, configOf(id, 'o'), { order: 1, cursor: 0 }),
    );
    if (!first || !second) {
      throw new Error('two entries');
    }
    expect(queue.nextDueAt()).toBeUndefined();
    queue.change(first, () => first.wake(10, 0));
    queue.change(second, () => second.wake(20, 0));
    expect(queue.nextDueAt()).toBe(10);
    queue.change(first, () => first.claim(1, 100));
    // The second waits for the lease of the first, not for its own time.
    expect(queue.nextDueAt()).toBe(100);
    queue.change(first, () => first.giveBack(undefined));
    expect(queue.nextDueAt()).toBe(20);
  });
});
