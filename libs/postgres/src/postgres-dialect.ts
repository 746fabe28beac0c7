import {
  type SqlDialect,
  type SqlSession,
  statement,
  TASK_COLUMNS,
} from '@nest-a2a/store/sql';
import { type PlainAppends } from './plain-appends.js';
import { quote } from './vocabulary.js';

const LOCK_NAME = statement(
  'lock_name',
  'select pg_advisory_xact_lock(hashtextextended($1, 0))',
);

/** Parameters: queues with their quotas. Locked. */
const DUE_TURNS = statement(
  'due_turns',
  `select ${TASK_COLUMNS}, t.tenant_key, @now as now
   from json_to_recordset(cast($1 as json))
     as w(agent text, "tenantKey" text, quota int)
   cross join lateral (
     select * from @task t
     where t.agent = w.agent and t.tenant_key = w."tenantKey"
       and t.due_at <= @started
     order by t.due_at, t.num limit w.quota @skip
   ) t`,
);

/** The origins that have something due, now or later, one look into the index for each. */
const ORIGINS = `
  with recursive origin(name) as (
    (select p.origin from @push p
     where p.due_at is not null and p.state = 'active'
     order by p.origin limit 1)
    union all
    select (select p.origin from @push p
            where p.due_at is not null and p.state = 'active'
              and p.origin > o.name
            order by p.origin limit 1)
    from origin o where o.name is not null
  )`;

const IN_FLIGHT = `(select count(*) from @push h
  where h.origin = o.name and h.is_held and h.due_at > @started)`;

/** Parameters: limit, limit for each origin. Locked. */
const CLAIMABLE_PUSHES = statement(
  'claimable_pushes',
  `${ORIGINS}
   select d.num from origin o cross join lateral (
     select p.num, p.due_at from @push p
     where p.origin = o.name and p.state = 'active' and p.due_at <= @started
     order by p.due_at, p.num
     limit greatest(0, $2 - ${IN_FLIGHT})
     @skip
   ) d
   where o.name is not null
   order by d.due_at, d.num limit $1`,
);

/** Parameters: limit for each origin. */
const NEXT_PUSH_AT = statement(
  'next_push_at',
  `${ORIGINS}
   select least(
     (select min(h.due_at) from @push h where h.is_held and h.due_at > @started),
     (select min(d.due_at) from origin o cross join lateral (
        select p.due_at from @push p
        where p.origin = o.name and p.state = 'active' and p.due_at is not null
        order by p.due_at limit 1
      ) d
      where o.name is not null and $1 > ${IN_FLIGHT})
   ) as due_at`,
);

/** What PostgreSQL does in its own way. `schema` keeps the locks of two stores in one database apart. */
export function postgresDialect(
  schema: string,
  appends: PlainAppends,
): SqlDialect {
  const sequence = `${quote(schema)}.push_epoch`;
  const nextEpoch = statement(
    'next_push_epoch',
    `select nextval('${sequence.replaceAll("'", "''")}') as epoch`,
  );
  const lock = async (session: SqlSession, name: string) => {
    await session.run(LOCK_NAME, [`${schema}/${name}`]);
  };
  return {
    appendPlainly: (append, context) => appends.append(append, context),
    lock,
    dueTurns: (session, quotas) =>
      session.run(DUE_TURNS, [JSON.stringify(quotas)]),
    nextPushEpoch: async (session) => {
      const [row] = await session.run(nextEpoch);
      return Number(row?.epoch);
    },
    claimablePushes: async (session, { max, perOrigin }) => {
      // One at a time: two that count what an origin has in flight must see each other's claims.
      await lock(session, 'push');
      const rows = await session.run(CLAIMABLE_PUSHES, [max, perOrigin]);
      return rows.map(({ num }) => Number(num));
    },
    nextPushAt: async (session, perOrigin) => {
      const [row] = await session.run(NEXT_PUSH_AT, [perOrigin]);
      const dueAt = row?.due_at;
      return typeof dueAt === 'number' ? dueAt : undefined;
    },
  };
}
