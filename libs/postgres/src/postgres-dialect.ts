import {
  type SqlDialect,
  type SqlSession,
  statement,
  TASK_COLUMNS,
} from '@nest-a2a/store/sql';
import { type PlainAppends } from './plain-appends.js';
import { findNextPushAt, findPushLanes } from './postgres-pushes.js';
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
    pushLanes: findPushLanes,
    nextPushAt: findNextPushAt,
  };
}
