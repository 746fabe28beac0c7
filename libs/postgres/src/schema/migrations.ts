/** One step of the schema. A step that was released never changes. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** `@schema` is the name of the schema, in quotes. */
  readonly sql: string;
}

/**
 * All steps in their order. A step only adds, or replaces an index, so that the
 * version of this library before it can go on working while instances are
 * replaced.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'tasks',
    sql: `
create table @schema.task (
  num bigint generated always as identity primary key,
  id text collate "C" not null unique,
  agent text collate "C" not null,
  tenant text collate "C" not null,
  principal text collate "C" not null,
  scope_key text collate "C" not null,
  context_id text collate "C" not null,
  context_key text collate "C" not null,
  was_announced boolean not null,
  version integer not null,
  state text collate "C" not null,
  list_rank bigint not null,
  is_announced boolean not null,
  finished_at bigint,
  turn integer not null,
  owner text,
  due_at bigint,
  epoch bigint not null,
  expirations integer not null,
  is_begun boolean not null,
  is_cancel_requested boolean not null default false,
  push_mask integer not null,
  last_updates integer not null,
  last_status integer not null,
  last_terminal integer not null,
  last_all integer not null,
  snapshot_version integer not null default 0,
  snapshot_bytes bigint not null default 0,
  tail_bytes bigint not null,
  constraint nobody_runs_what_is_not_due check (owner is null or due_at is not null),
  constraint nobody_runs_what_has_ended check (finished_at is null or due_at is null)
) with (fillfactor = 80);
create index task_due on @schema.task (due_at, num) where due_at is not null;
create index task_finished on @schema.task (finished_at, id) where finished_at is not null;
create index task_list on @schema.task (scope_key, list_rank, id) where is_announced;
create index task_list_state on @schema.task (scope_key, state, list_rank, id) where is_announced;
create index task_count on @schema.task (scope_key, state) where is_announced;
create index task_list_context on @schema.task (context_key, list_rank, id) include (state, is_announced);
create index task_list_all on @schema.task (list_rank, id) include (state) where is_announced;

create table @schema.event (
  task bigint not null,
  seq integer not null,
  id text collate "C" not null,
  kind text collate "C" not null,
  body text not null,
  turn_body text,
  bytes integer not null,
  written_at bigint not null,
  turn integer not null,
  epoch bigint not null,
  primary key (task, seq)
);
create index event_turn on @schema.event (task, seq) where kind in ('task', 'message', 'resume');

create table @schema.snapshot (
  task bigint primary key references @schema.task on delete cascade,
  version integer not null,
  head text not null,
  artifacts text
);

create table @schema.send (
  message_key text collate "C" not null,
  fingerprint text collate "C" not null,
  task bigint not null references @schema.task on delete cascade,
  turn integer not null,
  primary key (message_key, fingerprint)
);
create index send_task on @schema.send (task);

create table @schema.context (
  context_key text collate "C" primary key,
  value text not null,
  version integer not null
);

create sequence @schema.push_epoch;
create table @schema.push (
  num bigint generated always as identity primary key,
  task bigint not null references @schema.task on delete cascade,
  config_id text collate "C" not null,
  protocol_version text not null,
  selects text not null,
  origin text collate "C" not null,
  sealed bytea not null,
  state text not null,
  done_seq integer not null,
  previous_seq integer not null,
  failures integer not null,
  failing_since bigint,
  is_held boolean not null,
  epoch bigint not null,
  due_at bigint,
  unique (task, config_id)
) with (fillfactor = 80);
create index push_due on @schema.push (origin, due_at, num) where due_at is not null and state = 'active';
create index push_held on @schema.push (origin, due_at) where is_held;

create table @schema.attempt (
  num bigint generated always as identity primary key,
  push bigint not null references @schema.push on delete cascade,
  seq integer not null,
  number integer not null,
  began_at bigint not null,
  duration_ms double precision not null,
  outcome text not null,
  status integer,
  error text,
  next_at bigint
);
create index attempt_push on @schema.attempt (push, num);
`,
  },
  {
    version: 2,
    name: 'turns by tenant',
    sql: `
alter table @schema.task add column tenant_key text collate "C" not null default '';
create index task_due_agent on @schema.task (agent, due_at) where due_at is not null;
create index task_due_tenant on @schema.task (agent, tenant_key, due_at, num) where due_at is not null;
drop index @schema.task_due;
`,
  },
  {
    version: 3,
    name: 'secrets',
    sql: `
create table @schema.secret (
  num bigint generated always as identity primary key,
  purpose text collate "C" not null,
  id text collate "C" not null,
  sealed bytea not null,
  created_at bigint not null,
  unique (purpose, id)
);
`,
  },
  {
    version: 4,
    name: 'breakers of origins',
    sql: `
alter table @schema.push add column tenant_key text collate "C" not null default '';
create index push_due_tenant on @schema.push (origin, tenant_key, due_at, num) where due_at is not null and state = 'active';
create table @schema.push_origin (
  origin text collate "C" not null,
  tenant_key text collate "C" not null,
  agent text collate "C" not null,
  tenant text collate "C" not null,
  failures integer not null,
  open_until bigint,
  primary key (origin, tenant_key)
) with (fillfactor = 50);
`,
  },
  {
    version: 5,
    name: 'redeliveries',
    sql: `
create table @schema.redelivery (
  num bigint generated always as identity primary key,
  push bigint not null references @schema.push on delete cascade,
  done_seq integer not null,
  until_seq integer not null,
  failures integer not null,
  is_held boolean not null,
  epoch bigint not null,
  due_at bigint not null
);
create index redelivery_push on @schema.redelivery (push, num);
alter table @schema.attempt add column is_redelivery boolean not null default false;
`,
  },
  {
    version: 6,
    name: 'origins of tenants',
    sql: `
create index push_tenant_origin on @schema.push (tenant_key, origin);
create table @schema.new_origin (
  tenant_key text collate "C" not null,
  origin text collate "C" not null,
  came_at bigint not null,
  primary key (tenant_key, origin)
);
`,
  },
];
