import { EVENT_COLUMNS } from './event-row.js';
import { statement } from './statement.js';
import { CHANGING, INSERTED, TASK_COLUMNS } from './task-row.js';

const parameters = (count: number, first = 1) =>
  Array.from({ length: count }, (_, index) => `$${first + index}`).join(', ');

/** Parameters: id. The row is locked until the transaction ends. */
export const LOCK_TASK = statement(
  'lock_task',
  `select ${TASK_COLUMNS}, @now as now from @task t where t.id = $1 @lock`,
);

/** Parameters: id. */
export const FIND_TASK = statement(
  'find_task',
  `select ${TASK_COLUMNS} from @task t where t.id = $1`,
);

/** Parameters: id, whether artifacts are wanted. */
export const LOAD_TASK = statement(
  'load_task',
  `select ${TASK_COLUMNS}, s.version as folded_version, s.head,
     case when $2 then s.artifacts end as artifacts
   from @task t left join @snapshot s on s.task = t.num
   where t.id = $1`,
);

/** Parameters: numbers of tasks. With their snapshots. */
export const LOAD_TASKS = statement(
  'load_tasks',
  `select ${TASK_COLUMNS}, s.version as folded_version, s.head, s.artifacts
   from @task t left join @snapshot s on s.task = t.num
   where t.num @inNumbers($1)`,
);

/** Parameters: id of a task, key of a message. One row at least. */
export const LOOK_BEFORE_CREATE = statement(
  'look_before_create',
  `select @now as now,
     exists(select 1 from @task where id = $1) as is_taken,
     s.fingerprint, s.turn, t.id as task_id
   from (select 1 as one) as one
   left join @send s on s.message_key = $2
   left join @task t on t.num = s.task`,
);

/** Parameters: key of a message. */
export const FIND_SENDS = statement(
  'find_sends',
  `select s.fingerprint, s.turn, t.id as task_id
   from @send s join @task t on t.num = s.task
   where s.message_key = $1`,
);

/** Parameters: key of the message, fingerprint, number of the task, turn. No row where it is there. */
export const RECORD_SEND = statement(
  'record_send',
  `insert into @send (message_key, fingerprint, task, turn)
   values ($1, $2, $3, $4) on conflict do nothing returning turn`,
);

/** No row where there is a task with the id. */
export const INSERT_TASK = statement(
  'insert_task',
  `insert into @task (${INSERTED}) values (${parameters(9 + CHANGING.length)})
   on conflict do nothing returning num`,
);

/** Parameters: number, then what changes. */
export const WRITE_TASK = statement(
  'write_task',
  `update @task set ${CHANGING.map((column, index) => `${column} = $${index + 2}`).join(', ')}
   where num = $1`,
);

/** Parameters: as the columns. */
export const INSERT_EVENT = statement(
  'insert_event',
  `insert into @event (${EVENT_COLUMNS}) values (${parameters(10)})`,
);

/** Parameters: number, position. */
export const NEXT_TURN = statement(
  'next_turn',
  `select seq from @event
   where task = $1 and seq > $2 and kind in ('task', 'message', 'resume')
   order by seq limit 1`,
);

/** Parameters: ranges, whether artifacts are wanted. */
export const READ_RANGES = statement(
  'read_ranges',
  `select e.task, e.seq, e.kind, e.turn, e.turn_body, e.written_at,
     case when $2 or e.kind <> 'artifactUpdate' then e.body end as body
   from @ranges($1) join @event e
     on e.task = w.task and e.seq > w.after and e.seq <= w.upto
   order by e.task, e.seq`,
);

/** Parameters: number, position, limit, bytes. */
export const READ_EVENTS = statement(
  'read_events',
  `select ${EVENT_COLUMNS} from (
     select ${EVENT_COLUMNS}, sum(bytes) over (order by seq) as total
     from (
       select ${EVENT_COLUMNS} from @event
       where task = $1 and seq > $2 order by seq limit $3
     ) as page
   ) as page
   where total = bytes or total <= $4 order by seq`,
);

/** Parameters: ids. */
export const FIND_VERSIONS = statement(
  'find_versions',
  `select t.id, t.agent, t.tenant, t.principal, t.version, t.finished_at
   from @task t where t.id @in($1)`,
);

/**
 * Parameters: number, version, task without artifacts, artifacts, id. Nothing where
 * the task has gone, or has a newer one. The task is not locked against writers and
 * claims, only against its removal.
 */
export const WRITE_SNAPSHOT = statement(
  'write_snapshot',
  `insert into @snapshot as s (task, version, head, artifacts)
   select t.num, cast($2 as integer), cast($3 as text), cast($4 as text)
   from @task t where t.num = $1 and t.id = $5 @share
   on conflict (task) do update set
     version = excluded.version, head = excluded.head, artifacts = excluded.artifacts
   where s.version < excluded.version`,
);

/**
 * Parameters: number, version, size of the snapshot, size of the events in it that
 * were not, version of the one before. Touches no task that waits to be claimed or
 * removed: whoever does that passes over what somebody else has locked.
 */
export const NOTE_SNAPSHOT = statement(
  'note_snapshot',
  `update @task set snapshot_version = $2, snapshot_bytes = $3,
     tail_bytes = tail_bytes - $4
   where num = $1 and snapshot_version = $5 and finished_at is null
     and (due_at is null or owner is not null)`,
);
