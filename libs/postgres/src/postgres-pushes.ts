import {
  type DuePush,
  MAX_LANES,
  type PushLane,
  type PushLaneSearch,
  type SqlRow,
  type SqlSession,
  statement,
} from '@nest-a2a/store/sql';

/** What the indexes of due webhooks hold, also those whose lease runs. */
const PENDING = `p.due_at is not null and p.state = 'active'`;

/** The origins that have something due, now or later, one look into the index for each. */
const ORIGINS = `
  with recursive origin(name) as (
    (select p.origin from @push p where ${PENDING}
     order by p.origin limit 1)
    union all
    select (select p.origin from @push p
            where ${PENDING} and p.origin > o.name
            order by p.origin limit 1)
    from origin o where o.name is not null
  )`;

const IN_FLIGHT = `(select count(*) from @push h
  where h.origin = o.name and h.is_held and h.due_at > @started)`;

const IN_FLIGHT_OF_LANE = `(select count(*) from @push h
  where h.origin = l.origin and h.tenant_key = l.tenant_key
    and h.is_held and h.due_at > @started)`;

/** One look for each lane, whatever the planner takes the table for. */
const OPEN_UNTIL = `(select b.open_until from @push_origin b
  where b.origin = l.origin and b.tenant_key = l.tenant_key)`;

/** The first tenant of an origin from a key on. */
const firstTenant = (origin: string, from: string) =>
  `(select p.tenant_key from @push p
    where ${PENDING} and p.origin = ${origin} and p.tenant_key ${from}
    order by p.tenant_key limit 1)`;

/**
 * Parameters: limit for each origin, limit, origins with the tenants that came
 * last, the most tenants of each. Part 0 of the round goes from behind that
 * tenant to the end, part 1 from the beginning up to it.
 */
const FIND_LANES = statement(
  'find_push_lanes',
  `${ORIGINS}, place(origin, room, last) as (
     select o.name, least($2, $1 - ${IN_FLIGHT}), w.last
     from origin o
     left join json_to_recordset(cast($3 as json)) as w(origin text, last text)
       on w.origin = o.name
     where o.name is not null
   ), lane(origin, room, last, part, tenant_key, visits) as (
     select o.origin, o.room, o.last, r.part,
       ${firstTenant('o.origin', `>= case when r.part = 0 and o.last is not null then o.last || chr(1) else '' end`)}, 1
     from place o cross join (values (0), (1)) as r(part)
     where o.room > 0 and (r.part = 0 or o.last is not null)
     union all
     select l.origin, l.room, l.last, l.part,
       ${firstTenant('l.origin', '> l.tenant_key')}, l.visits + 1
     from lane l
     where l.tenant_key is not null and l.visits < $4
       and (l.part = 0 or l.tenant_key < l.last)
   )
   select l.origin, l.tenant_key, l.room, l.in_flight, cast(d.due as text) as due
   from (
     select l.*, ${OPEN_UNTIL} as open_until, ${IN_FLIGHT_OF_LANE} as in_flight
     from lane l
     where l.tenant_key is not null and (l.part = 0 or l.tenant_key <= l.last)
   ) l
   cross join lateral (
     select json_agg(json_build_object('num', n.num, 'dueAt', n.due_at)) as due
     from (
       select p.num, p.due_at from @push p
       where p.origin = l.origin and p.tenant_key = l.tenant_key
         and p.state = 'active' and p.due_at <= @started
       order by p.due_at, p.num
       limit case when l.open_until is null then l.room
         when l.open_until > @started then 0
         else greatest(0, 1 - l.in_flight) end
     ) n
   ) d
   order by l.origin, l.part, l.visits`,
);

/** Parameters: limit for each origin. Tenants are looked at where the origin fails one of them only. With the time, which whoever has nothing to deliver learns nowhere else. */
const NEXT_PUSH_AT = statement(
  'next_push_at',
  `${ORIGINS}, place(origin, fails) as (
     select o.name, coalesce((
       select true from @push_origin b
       where b.origin = o.name and b.open_until is not null limit 1), false)
     from origin o where o.name is not null and $1 > ${IN_FLIGHT}
   ), lane(origin, tenant_key) as (
     select o.origin, ${firstTenant('o.origin', `>= ''`)}
     from place o where o.fails
     union all
     select l.origin, ${firstTenant('l.origin', '> l.tenant_key')}
     from lane l where l.tenant_key is not null
   )
   select least(
     (select min(h.due_at) from @push h where h.is_held and h.due_at > @started),
     (select min(d.due_at) from place o cross join lateral (
        select p.due_at from @push p
        where p.origin = o.origin and ${PENDING}
        order by p.due_at limit 1
      ) d
      where not o.fails),
     (select min(greatest(d.due_at, b.open_until))
      from lane l
      cross join lateral (select ${OPEN_UNTIL} as open_until) b
      cross join lateral (
        select p.due_at from @push p
        where p.origin = l.origin and p.tenant_key = l.tenant_key and ${PENDING}
        order by p.due_at limit 1
      ) d
      where b.open_until is null or ${IN_FLIGHT_OF_LANE} = 0)
   ) as due_at, @now as now`,
);

/** See {@link SqlDialect.pushLanes}. */
export async function findPushLanes(
  session: SqlSession,
  { max, perOrigin, round }: PushLaneSearch,
): Promise<readonly PushLane[]> {
  const values = [perOrigin, max, round.toJson(), MAX_LANES];
  const rows = await session.run(FIND_LANES, values);
  return rows.map(toLane);
}

/** See {@link SqlDialect.nextPushAt}. */
export async function findNextPushAt(
  session: SqlSession,
  perOrigin: number,
): Promise<number | undefined> {
  const [row] = await session.run(NEXT_PUSH_AT, [perOrigin]);
  const dueAt = row?.due_at;
  return typeof dueAt === 'number' ? dueAt : undefined;
}

function toLane(row: SqlRow): PushLane {
  const due = typeof row.due === 'string' ? row.due : '[]';
  return {
    origin: String(row.origin),
    tenantKey: String(row.tenant_key),
    room: Number(row.room),
    inFlight: Number(row.in_flight),
    due: JSON.parse(due) as readonly DuePush[],
  };
}
