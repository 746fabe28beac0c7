import {
  type SqlDialect,
  type SqlRow,
  type SqlSession,
  statement,
  TASK_COLUMNS,
  type TurnQuota,
} from '@nest-a2a/store/sql';

const NEXT_PUSH_EPOCH = statement(
  'next_push_epoch',
  'update push_epoch set value = value + 1 returning value as epoch',
);

/** Parameters: agent, key of the tenant, limit. */
const DUE_TURNS = statement(
  'due_turns',
  `select ${TASK_COLUMNS}, t.tenant_key, @now as now from @task t
   where t.agent = $1 and t.tenant_key = $2 and t.due_at <= @now
   order by t.due_at, t.num limit $3`,
);

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

/** Parameters: origin, limit. */
const FIND_DUE = statement(
  'find_due',
  `select num, due_at from @push
   where origin = $1 and state = 'active' and due_at <= @now
   order by due_at, num limit $2`,
);

/** Parameters: origin. */
const FIRST_DUE = statement(
  'first_due',
  `select min(due_at) as due_at from @push
   where origin = $1 and state = 'active' and due_at is not null`,
);

const FIRST_LEASE = statement(
  'first_lease',
  'select min(due_at) as due_at from @push where is_held and due_at > @now',
);

interface Origin {
  readonly name: string;
  readonly inFlight: number;
}

/** What SQLite does in its own way. There is one writer at a time, so nothing has to be locked. */
export const sqliteDialect: SqlDialect = Object.freeze({
  lock: async () => {},

  dueTurns: async (session: SqlSession, quotas: readonly TurnQuota[]) => {
    const rows: SqlRow[] = [];
    for (const { agent, tenantKey, quota } of quotas) {
      const values = [agent, tenantKey, quota];
      rows.push(...(await session.run(DUE_TURNS, values)));
    }
    return rows;
  },

  nextPushEpoch: async (session: SqlSession) => {
    const [row] = await session.run(NEXT_PUSH_EPOCH);
    return Number(row?.epoch);
  },

  claimablePushes: async (
    session: SqlSession,
    { max, perOrigin }: { max: number; perOrigin: number },
  ) => {
    const due: { num: number; dueAt: number }[] = [];
    for (const { name, inFlight } of await findOrigins(session)) {
      const room = Math.min(max, perOrigin - inFlight);
      const rows = room > 0 ? await session.run(FIND_DUE, [name, room]) : [];
      for (const { num, due_at } of rows) {
        due.push({ num: Number(num), dueAt: Number(due_at) });
      }
    }
    return due
      .sort((a, b) => a.dueAt - b.dueAt || a.num - b.num)
      .slice(0, max)
      .map(({ num }) => num);
  },

  nextPushAt: async (session: SqlSession, perOrigin: number) => {
    const found = [...(await session.run(FIRST_LEASE))];
    for (const { name, inFlight } of await findOrigins(session)) {
      if (inFlight < perOrigin) {
        found.push(...(await session.run(FIRST_DUE, [name])));
      }
    }
    const times = found
      .map(({ due_at }) => due_at)
      .filter((time) => typeof time === 'number');
    return times.length > 0 ? Math.min(...times) : undefined;
  },
});

async function findOrigins(session: SqlSession): Promise<readonly Origin[]> {
  const rows = await session.run(FIND_ORIGINS);
  return rows.map(({ name, in_flight }) => ({
    name: String(name),
    inFlight: Number(in_flight),
  }));
}
