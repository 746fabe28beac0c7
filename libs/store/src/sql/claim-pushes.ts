import { type PushRound } from './push-round.js';
import { LOCK_DUE_PUSHES } from './push-statements.js';
import {
  byOrigin,
  MAX_LANES,
  type PushLane,
  type PushPick,
  shareOrigins,
} from './share-origins.js';
import { type SqlSession } from './sql-database.js';
import { type SqlDialect } from './sql-dialect.js';

/** What is asked for due deliveries. */
export interface PushSearch {
  readonly session: SqlSession;
  readonly dialect: SqlDialect;
  readonly round: PushRound;
}

/**
 * Locks configurations that may be claimed, the longest due first. Until the
 * transaction ends nobody else claims.
 *
 * @returns their numbers
 */
export async function lockDuePushes(
  { session, dialect, round }: PushSearch,
  { max, perOrigin }: { readonly max: number; readonly perOrigin: number },
): Promise<readonly number[]> {
  // Two that count what an origin has in flight must see each other's claims.
  await dialect.lock(session, 'push');
  const lanes = await dialect.pushLanes(session, { max, perOrigin, round });
  const shared = shareOrigins(lanes);
  const picks = [...shared]
    .sort((a, b) => a.dueAt - b.dueAt || a.num - b.num)
    .slice(0, max)
    .map(({ num }) => num);
  const locked = await lock(session, picks);
  const taken = shared.filter(({ num }) => locked.has(num));
  for (const own of byOrigin(lanes).values()) {
    goOn(round, own, taken);
  }
  return picks.filter((num) => locked.has(num));
}

async function lock(
  session: SqlSession,
  numbers: readonly number[],
): Promise<ReadonlySet<number>> {
  const values = [JSON.stringify(numbers)];
  const rows =
    numbers.length > 0 ? await session.run(LOCK_DUE_PUSHES, values) : [];
  return new Set(rows.map(({ num }) => Number(num)));
}

/** Notes where the round over the tenants of an origin ends. */
function goOn(
  round: PushRound,
  lanes: readonly PushLane[],
  taken: readonly PushPick[],
): void {
  const ends = lanes.at(-1);
  const served = taken.findLast(({ lane }) => lane.origin === ends?.origin);
  if (ends && lanes.length === 1) {
    round.forget(ends.origin);
  } else if (served) {
    round.endWith(served.lane.origin, served.lane.tenantKey);
  } else if (ends && lanes.length >= MAX_LANES) {
    // Those behind the last one that was looked at are next.
    round.endWith(ends.origin, ends.tenantKey);
  }
}
