/** One step of the schema. A step that was released never changes. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** All steps in their order: the tables are those of the adapter for PostgreSQL. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
create table task (
  num integer primary key autoincrement,
  id text not null unique,
  agent text not null,
  tenant text not null,
  principal text not null,
  scope_key text not null,
  context_id text not null,
  context_key text not null,
  was_announced integer not null,
  version integer not null,
  state text not null,
  list_rank integer not null,
  is_announced integer not null,
  finished_at integer,
  turn integer not null,
  owner text,
  due_at integer,
  epoch integer not null,
  expirations integer not null,
  is_begun integer not null,
  is_cancel_requested integer not null default 0,
  push_mask integer not null,
  last_updates integer not null,
  last_status integer not null,
  last_terminal integer not null,
  last_all integer not null,
  snapshot_version integer not null default 0,
  snapshot_bytes integer not null default 0,
  tail_bytes integer not null,
  constraint nobody_runs_what_is_not_due check (owner is null or due_at is not null),
  constraint nobody_runs_what_has_ended check (finished_at is null or due_at is null)
) strict;
create index task_due on task (due_at, num) where due_at is not null;
create index task_finished on task (finished_at, id) where finished_at is not null;
create index task_list on task (scope_key, list_rank, id) where is_announced;
create index task_list_state on task (scope_key, state, list_rank, id) where is_announced;
create index task_count on task (scope_key, state) where is_announced;
create index task_list_context on task (context_key, list_rank, id, state, is_announced);
create index task_list_all on task (list_rank, id, state) where is_announced;

create table event (
  task integer not null,
  seq integer not null,
  id text not null,
  kind text not null,
  body text not null,
  turn_body text,
  bytes integer not null,
  written_at integer not null,
  turn integer not null,
  epoch integer not null,
  primary key (task, seq)
) strict;
create index event_turn on event (task, seq) where kind in ('task', 'message', 'resume');

create table snapshot (
  task integer primary key references task (num) on delete cascade,
  version integer not null,
  head text not null,
  artifacts text
) strict;

create table send (
  message_key text not null,
  fingerprint text not null,
  task integer not null references task (num) on delete cascade,
  turn integer not null,
  primary key (message_key, fingerprint)
) strict;
create index send_task on send (task);

create table context (
  context_key text primary key,
  value text not null,
  version integer not null
) strict;

create table push_epoch (value integer not null) strict;
insert into push_epoch (value) values (0);
create table push (
  num integer primary key autoincrement,
  task integer not null references task (num) on delete cascade,
  config_id text not null,
  protocol_version text not null,
  selects text not null,
  origin text not null,
  sealed blob not null,
  state text not null,
  done_seq integer not null,
  previous_seq integer not null,
  failures integer not null,
  failing_since integer,
  is_held integer not null,
  epoch integer not null,
  due_at integer,
  unique (task, config_id)
) strict;
create index push_due on push (origin, due_at, num) where due_at is not null and state = 'active';
create index push_held on push (origin, due_at) where is_held;

create table attempt (
  num integer primary key autoincrement,
  push integer not null references push (num) on delete cascade,
  seq integer not null,
  number integer not null,
  began_at integer not null,
  duration_ms real not null,
  outcome text not null,
  status integer,
  error text,
  next_at integer
) strict;
create index attempt_push on attempt (push, num);
`,
  },
  {
    version: 2,
    sql: `
alter table task add column tenant_key text not null default '';
create index task_due_agent on task (agent, due_at) where due_at is not null;
create index task_due_tenant on task (agent, tenant_key, due_at, num) where due_at is not null;
drop index task_due;
`,
  },
  {
    version: 3,
    sql: `
create table secret (
  num integer primary key autoincrement,
  purpose text not null,
  id text not null,
  sealed blob not null,
  created_at integer not null,
  unique (purpose, id)
) strict;
`,
  },
  {
    version: 4,
    sql: `
alter table push add column tenant_key text not null default '';
create index push_due_tenant on push (origin, tenant_key, due_at, num) where due_at is not null and state = 'active';
create table push_origin (
  origin text not null,
  tenant_key text not null,
  agent text not null,
  tenant text not null,
  failures integer not null,
  open_until integer,
  primary key (origin, tenant_key)
) strict, without rowid;
`,
  },
  {
    version: 5,
    sql: `
create table redelivery (
  num integer primary key autoincrement,
  push integer not null references push (num) on delete cascade,
  done_seq integer not null,
  until_seq integer not null,
  failures integer not null,
  is_held integer not null,
  epoch integer not null,
  due_at integer not null
) strict;
create index redelivery_push on redelivery (push, num);
alter table attempt add column is_redelivery integer not null default 0;
`,
  },
  {
    version: 6,
    sql: `
create index push_tenant_origin on push (tenant_key, origin);
create table new_origin (
  tenant_key text not null,
  origin text not null,
  came_at integer not null,
  primary key (tenant_key, origin)
) strict, without rowid;
`,
  },
];
