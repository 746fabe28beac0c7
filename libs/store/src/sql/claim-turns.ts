import { type SqlRow, type SqlSession } from './sql-database.js';
import { type SqlDialect } from './sql-dialect.js';
import {
  queuesFor,
  quotasOf,
  takeTurns,
  type TurnQueue,
  type TurnRoom,
} from './turn-queue.js';
import { type TurnRound } from './turn-round.js';
import { FIND_QUEUES } from './work-statements.js';

/** What is asked for due turns. */
export interface TurnSearch {
  readonly session: SqlSession;
  readonly dialect: SqlDialect;
  readonly round: TurnRound;
}

/** Locks turns that are due, fairly among agents and their tenants. @returns the rows of their tasks */
export async function lockDueTurns(
  { session, dialect, round }: TurnSearch,
  room: TurnRoom,
): Promise<readonly SqlRow[]> {
  let open = await findQueues(session, round, room);
  let left = room;
  const rows: SqlRow[] = [];
  for (;;) {
    const order = takeTurns(open, left);
    if (order.length === 0) {
      return rows;
    }
    round.endWith(order);
    const quotas = quotasOf(order);
    const found = await dialect.dueTurns(session, quotas);
    rows.push(...found);
    const counts = countByQueue(found);
    // What has given less than it was asked for has no more that is free.
    const short = quotas.filter(
      (queue) => (counts.get(nameOf(queue)) ?? 0) < queue.quota,
    );
    const names = new Set(short.map(nameOf));
    open = open.filter((queue) => !names.has(nameOf(queue)));
    left = lessOf(left, found);
  }
}

/** The tenants of the agents that have something due, in the order of the round. */
async function findQueues(
  session: SqlSession,
  round: TurnRound,
  { max, ofAgent }: TurnRoom,
): Promise<readonly TurnQueue[]> {
  const parts = round
    .parts(ofAgent.keys())
    .map((part, place) => ({ ...part, place }));
  const most = queuesFor(max);
  const found = await session.run(FIND_QUEUES, [JSON.stringify(parts), most]);
  const seen = upToTheFirstCut(found, most);
  const queues = seen.filter(({ is_due }) => Boolean(is_due)).map(toQueue);
  if (queues.length === 0) {
    // Those behind the last one that was looked at are next.
    round.endWith(seen.map(toQueue));
  }
  return queues;
}

/** Without what lies behind a part of the same agent that was not looked through to its end: there are others between. */
function upToTheFirstCut(
  rows: readonly SqlRow[],
  most: number,
): readonly SqlRow[] {
  const counts = new Map<unknown, number>();
  const cutAt = new Map<unknown, number>();
  return rows.filter(({ agent, place }) => {
    const count = (counts.get(place) ?? 0) + 1;
    counts.set(place, count);
    const cut = cutAt.get(agent);
    if (count === most && cut === undefined) {
      cutAt.set(agent, Number(place));
    }
    return cut === undefined;
  });
}

function toQueue({ agent, tenant_key }: SqlRow): TurnQueue {
  return { agent: String(agent), tenantKey: String(tenant_key) };
}

function nameOf({ agent, tenantKey }: TurnQueue): string {
  return JSON.stringify([agent, tenantKey]);
}

function countByQueue(rows: readonly SqlRow[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const name = nameOf(toQueue(row));
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function lessOf({ max, ofAgent }: TurnRoom, rows: readonly SqlRow[]): TurnRoom {
  const left = new Map(ofAgent);
  for (const row of rows) {
    const agent = String(row.agent);
    left.set(agent, (left.get(agent) ?? 0) - 1);
  }
  return { max: max - rows.length, ofAgent: left };
}
