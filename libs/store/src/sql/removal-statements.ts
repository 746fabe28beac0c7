import { statement } from './statement.js';

/** Parameters: how many to keep. */
export const FIND_SURPLUS = statement(
  'find_surplus',
  `select finished_at, id from @task where finished_at is not null
   order by finished_at desc, id desc limit 1 offset $1`,
);

/** Parameters: time and id of the last that may go, limit. Locked. Those that are {@link BURY_TASK buried} are not among them. */
export const FIND_EXPIRED = statement(
  'find_expired',
  `select t.num, t.id, t.context_key, t.version from @task t
   where t.finished_at >= 0
     and (t.finished_at, t.id) <= ($1, $2)
     and not exists (
       select 1 from @push p where p.task = t.num and (
         (p.state = 'active' and p.due_at is not null)
         or (p.state = 'paused' and p.done_seq < case p.selects
           when 'updates' then t.last_updates when 'status' then t.last_status
           when 'terminal' then t.last_terminal else t.last_all end)
         or (p.state <> 'disabled' and exists (
           select 1 from @redelivery r where r.push = p.num))))
   order by t.finished_at, t.id limit $3 @skip`,
);

/** Parameters: numbers. */
export const DELETE_EVENTS = statement(
  'delete_events',
  'delete from @event where task @inNumbers($1)',
);

/**
 * Parameters: number, an id that no task has. Nobody finds the task any more: what
 * is left is where its events end. It ended before all times, so that it is found first.
 */
export const BURY_TASK = statement(
  'bury_task',
  `update @task set id = $2, agent = '', tenant = '', principal = '',
     tenant_key = '', scope_key = '', context_id = '', context_key = '',
     is_announced = false, finished_at = -1, owner = null, due_at = null,
     epoch = epoch + 1, snapshot_version = 0
   where num = $1`,
);

/** Parameters: number. */
export const DELETE_SNAPSHOT = statement(
  'delete_snapshot',
  'delete from @snapshot where task = $1',
);

/** Parameters: number. */
export const DELETE_SENDS = statement(
  'delete_sends',
  'delete from @send where task = $1',
);

/** Parameters: number. Attempts go with their configuration. */
export const DELETE_PUSHES = statement(
  'delete_pushes',
  'delete from @push where task = $1',
);

/** One that nobody else removes. Locked. */
export const FIND_BURIED = statement(
  'find_buried',
  `select t.num, t.context_key, t.version from @task t
   where t.finished_at < 0
   order by t.finished_at, t.id limit 1 @skip`,
);

/** Parameters: number, the last position that stays. */
export const DELETE_TAIL = statement(
  'delete_tail',
  'delete from @event where task = $1 and seq > $2',
);

/** Parameters: number, the last position that stays. */
export const NOTE_TAIL = statement(
  'note_tail',
  'update @task set version = $2 where num = $1',
);

/** Parameters: numbers. What refers to a task goes with it. */
export const DELETE_TASKS = statement(
  'delete_tasks',
  'delete from @task where num @inNumbers($1)',
);

/** Parameters: keys. */
export const LOCK_CONTEXTS = statement(
  'lock_contexts',
  `select context_key from @context where context_key @in($1)
   order by context_key @lock`,
);

/** Parameters: keys. */
export const DELETE_CONTEXTS = statement(
  'delete_contexts',
  `delete from @context as c where c.context_key @in($1)
   and not exists (
     select 1 from @task t where t.context_key = c.context_key)`,
);
