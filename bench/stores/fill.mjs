// The rows of a database that has been in use for long.
import { keyOf } from '@nest-a2a/store/sql';

/** To see that the command works, not to measure. */
const SHARE = process.argv.includes('--small') ? 100 : 1;

export const TASKS = 1_000_000 / SHARE;
export const WEBHOOKS = 100_000 / SHARE;
export const DUE = 100_000 / SHARE;
export const TENANTS = 1_000 / SHARE;
export const CALLER = { agent: 'reports', tenant: 'acme', principal: 'alice' };
export const CONTEXT = 'c7';
export const BUSY_AGENT = 'busy';

/** How the databases count. */
const SERIES = {
  postgres: (count) => `(select generate_series(1, ${count}) as n) as s`,
  sqlite: (count) =>
    `(with recursive c(n) as (select 1 union all select n + 1 from c where n < ${count}) select n from c) as s`,
};

const quoted = (text) => `'${text}'`;
const SNAPSHOT = quoted(
  '{"task":{"id":"t","contextId":"c","status":{"state":"TASK_STATE_COMPLETED"}},"isAnnounced":true}',
);
const FIRST_EVENT = quoted(
  '{"task":{"id":"t","contextId":"c","status":{"state":"TASK_STATE_SUBMITTED"}}}',
);
const COLUMNS = `id, agent, tenant, principal, tenant_key, scope_key, context_id, context_key, was_announced,
  version, state, list_rank, is_announced, finished_at, turn, due_at, epoch, expirations, is_begun, push_mask,
  last_updates, last_status, last_terminal, last_all, snapshot_version, snapshot_bytes, tail_bytes`;

/** A million tasks of one caller, each tenth at work, twenty in a context. */
function tasks(table, series) {
  const { agent, tenant, principal } = CALLER;
  const scope = quoted(keyOf(CALLER));
  const context = quoted(keyOf(CALLER, CONTEXT));
  return `insert into ${table('task')} (${COLUMNS})
    select 't' || n, ${[agent, tenant, principal].map(quoted).join(', ')}, '', ${scope}, 'c' || (n / 20),
      case when n / 20 = 7 then ${context} else 'c' || (n / 20) end, true, 3,
      case when n % 10 = 0 then 'TASK_STATE_WORKING' else 'TASK_STATE_COMPLETED' end, -n, true,
      case when n % 10 = 0 then null else n end, 1, null, 0, 0, false, 2, 2, 2, 2, 2, 3, 90, 0
    from ${series(TASKS)}`;
}

/** Turns of a tenant of the busy agent that are due, or one for each of many tenants. */
function dueTurns(table, series, { count, name }) {
  const tenant = name ? quoted(name) : `'tenant' || n`;
  return `insert into ${table('task')} (${COLUMNS})
    select ${tenant} || '-' || n, ${quoted(BUSY_AGENT)}, ${tenant}, '', ${tenant}, ${tenant}, 'c', 'c', true,
      1, 'TASK_STATE_SUBMITTED', -n, true, null, 1, n, 0, 0, false, 0, 0, 0, 0, 0, 0, 0, 90
    from ${series(count)}`;
}

/** The statements that fill the tables, by what they add. */
export function fillStatements(kind, table) {
  const series = SERIES[kind];
  const ofBusyAgent = `${table('task')} where agent = ${quoted(BUSY_AGENT)}`;
  return {
    tasks: tasks(table, series),
    snapshots: `insert into ${table('snapshot')} (task, version, head) select num, 3, ${SNAPSHOT} from ${table('task')}`,
    webhooks: `insert into ${table('push')} (task, config_id, protocol_version, selects, origin, sealed, state, done_seq,
        previous_seq, failures, is_held, epoch, due_at)
      select num, 'hook', '1.0', 'status', 'https://o' || (num % 50) || '.example', ${kind === 'sqlite' ? `x''` : `''`},
        'active', 2, 0, 0, false, 0, null
      from ${table('task')} where num <= ${WEBHOOKS}`,
    'due turns': dueTurns(table, series, { count: DUE, name: 'large' }),
    'due turns of a small tenant': dueTurns(table, series, {
      count: 50,
      name: 'small',
    }),
    'their events': `insert into ${table('event')} (task, seq, id, kind, body, turn_body, bytes, written_at, turn, epoch)
      select num, 1, id, 'task', ${FIRST_EVENT}, '{}', 90, 1, 1, 0 from ${ofBusyAgent}`,
  };
}

/** One due turn for each of many tenants, with its event. */
export function manyTenants(kind, table) {
  const first = `select num, 1, id, 'task', ${FIRST_EVENT}, '{}', 90, 1, 1, 0 from ${table('task')}`;
  return [
    dueTurns(table, SERIES[kind], { count: TENANTS }),
    `insert into ${table('event')} (task, seq, id, kind, body, turn_body, bytes, written_at, turn, epoch)
      ${first} where tenant like 'tenant%'`,
  ];
}
