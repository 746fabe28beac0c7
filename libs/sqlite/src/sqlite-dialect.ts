import {
  type SqlDialect,
  type SqlRow,
  type SqlSession,
  statement,
  TASK_COLUMNS,
  type TurnQuota,
} from '@nest-a2a/store/sql';
import { findNextPushAt, findPushLanes } from './sqlite-pushes.js';

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

  pushLanes: findPushLanes,
  nextPushAt: findNextPushAt,
});
