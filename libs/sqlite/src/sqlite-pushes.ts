import {
  MAX_LANES,
  type PushLane,
  type PushLaneSearch,
  type SqlRow,
  type SqlSession,
  statement,
} from '@nest-a2a/store/sql';

/** The origins that have something due, now or later, one look into the index for each. */
const FIND_ORIGINS = statement(
  'find_origins',
  `with recursive origin(name) as (
     select min(p.origin) from @push p
     where p.due_at is not null and p.state = 'active'
     union all
     select (select min(p.origin) from @push p
             where p.due_at is not null and p.state = 'active'
               and p.origin > o.name)
     from origin o where o.name is not null
   )
   select o.name, (
       select count(*) from @push h
       where h.origin = o.name and h.is_held and h.due_at > @now
     ) as in_flight
   from origin o where o.name is not null`,
);

/** Parameters: origin, key of a tenant. The first tenant from that key on that has something due, now or later. */
const FIND_LANE = statement(
  'find_push_lane',
  `select l.tenant_key, b.open_until, b.open_until > @now as is_open, (
       select count(*) from @push h
       where h.origin = $1 and h.tenant_key = l.tenant_key
         and h.is_held and h.due_at > @now
     ) as in_flight
   from (
     select min(p.tenant_key) as tenant_key from @push p
     where p.due_at is not null and p.state = 'active'
       and p.origin = $1 and p.tenant_key >= $2
   ) as l
   left join @push_origin b on b.origin = $1 and b.tenant_key = l.tenant_key
   where l.tenant_key is not null`,
);

/** Parameters: origin, key of the tenant, limit. */
const FIND_DUE = statement(
  'find_due',
  `select num, due_at from @push
   where origin = $1 and tenant_key = $2 and state = 'active' and due_at <= @now
   order by due_at, num limit $3`,
);

/** Parameters: origin. */
const FIRST_DUE = statement(
  'first_due',
  `select min(due_at) as due_at from @push
   where origin = $1 and state = 'active' and due_at is not null`,
);

/** Parameters: origin, key of the tenant. */
const FIRST_DUE_OF_LANE = statement(
  'first_due_of_lane',
  `select min(due_at) as due_at from @push
   where origin = $1 and tenant_key = $2
     and state = 'active' and due_at is not null`,
);

/** Parameters: origin. */
const FAILS = statement(
  'origin_fails',
  `select 1 as one from @push_origin
   where origin = $1 and open_until is not null limit 1`,
);

const FIRST_LEASE = statement(
  'first_lease',
  'select min(due_at) as due_at from @push where is_held and due_at > @now',
);

/** Comes after a key, and before all that come after it: keys have no control characters. */
const NEXT = '\u0001';

/** What a tenant has for an origin, and what the origin has to say to it. */
interface Lane {
  readonly tenantKey: string;
  readonly inFlight: number;
  readonly openUntil: number | undefined;
  readonly isOpen: boolean;
}

/** See {@link SqlDialect.pushLanes}. */
export async function findPushLanes(
  session: SqlSession,
  { max, perOrigin, round }: PushLaneSearch,
): Promise<readonly PushLane[]> {
  const lanes: PushLane[] = [];
  for (const { name, ...of } of await findOrigins(session)) {
    const room = Math.min(max, perOrigin - of.inFlight);
    const found =
      room > 0 ? await lanesOf(session, name, round.lastOf(name)) : [];
    for (const lane of found) {
      const { tenantKey, inFlight } = lane;
      const limit = Math.min(room, allowed(lane));
      const due = await findDue(session, [name, tenantKey, limit]);
      lanes.push({ origin: name, tenantKey, room, inFlight, due });
    }
  }
  return lanes;
}

/** See {@link SqlDialect.nextPushAt}. */
export async function findNextPushAt(
  session: SqlSession,
  perOrigin: number,
): Promise<number | undefined> {
  const times = [timeIn(await session.run(FIRST_LEASE))];
  for (const { name, inFlight } of await findOrigins(session)) {
    if (inFlight >= perOrigin) {
      continue;
    }
    const fails = (await session.run(FAILS, [name])).length > 0;
    times.push(
      fails
        ? await nextOfLanes(session, name)
        : timeIn(await session.run(FIRST_DUE, [name])),
    );
  }
  const first = Math.min(...times);
  return Number.isFinite(first) ? first : undefined;
}

async function nextOfLanes(
  session: SqlSession,
  origin: string,
): Promise<number> {
  let first = Infinity;
  for (const lane of await lanesOf(session, origin, undefined, Infinity)) {
    const { tenantKey, inFlight, openUntil } = lane;
    if (openUntil === undefined || inFlight === 0) {
      const values = [origin, tenantKey];
      const dueAt = timeIn(await session.run(FIRST_DUE_OF_LANE, values));
      first = Math.min(first, Math.max(dueAt, openUntil ?? 0));
    }
  }
  return first;
}

/** The tenants of an origin in the order of the round: from behind the one that came last, and then up to it. */
async function lanesOf(
  session: SqlSession,
  origin: string,
  last: string | undefined,
  most = MAX_LANES,
): Promise<readonly Lane[]> {
  const behind = last === undefined ? '' : last + NEXT;
  const lanes = await lanesFrom(session, origin, { from: behind, most });
  if (last === undefined || lanes.length === most) {
    return lanes;
  }
  const part = { from: '', upTo: last, most: most - lanes.length };
  return [...lanes, ...(await lanesFrom(session, origin, part))];
}

async function lanesFrom(
  session: SqlSession,
  origin: string,
  { from, upTo, most }: { from: string; upTo?: string; most: number },
): Promise<readonly Lane[]> {
  const lanes: Lane[] = [];
  for (let key = from; lanes.length < most;) {
    const [row] = await session.run(FIND_LANE, [origin, key]);
    const lane = row && toLane(row);
    if (!lane || (upTo !== undefined && lane.tenantKey > upTo)) {
      break;
    }
    lanes.push(lane);
    key = lane.tenantKey + NEXT;
  }
  return lanes;
}

/** How many more of a tenant its breaker lets through. */
function allowed({ openUntil, isOpen, inFlight }: Lane): number {
  if (openUntil === undefined) {
    return Infinity;
  }
  return isOpen ? 0 : Math.max(0, 1 - inFlight);
}

async function findDue(
  session: SqlSession,
  [origin, tenantKey, limit]: readonly [string, string, number],
) {
  const values = [origin, tenantKey, limit];
  const rows = limit > 0 ? await session.run(FIND_DUE, values) : [];
  return rows.map(({ num, due_at }) => ({
    num: Number(num),
    dueAt: Number(due_at),
  }));
}

async function findOrigins(session: SqlSession) {
  const rows = await session.run(FIND_ORIGINS);
  return rows.map(({ name, in_flight }) => ({
    name: String(name),
    inFlight: Number(in_flight),
  }));
}

/** The time that a statement has found; never where it found none. */
function timeIn([row]: readonly SqlRow[]): number {
  return typeof row?.due_at === 'number' ? row.due_at : Infinity;
}

function toLane(row: SqlRow): Lane {
  return {
    tenantKey: String(row.tenant_key),
    inFlight: Number(row.in_flight),
    openUntil: typeof row.open_until === 'number' ? row.open_until : undefined,
    isOpen: Boolean(row.is_open),
  };
}
