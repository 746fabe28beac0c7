import { statement } from './statement.js';

const COLUMNS = [
  'num',
  'config_id',
  'protocol_version',
  'selects',
  'origin',
  'sealed',
  'state',
  'done_seq',
  'previous_seq',
  'failures',
  'failing_since',
  'is_held',
  'epoch',
  'due_at',
];
/** Of `p`, see `toPushRow`. */
export const PUSH_COLUMNS = COLUMNS.map((column) => `p.${column}`).join(', ');
/** Of a row that a statement has written: SQLite knows no alias there. */
const WRITTEN = COLUMNS.join(', ');

/** Whose task `t` is, see `ownerOf`. */
export const OWNER = 't.id as task_id, t.agent, t.tenant, t.principal';

/** Parameters: number of the task, time, selections, its version before: idle, a webhook has nothing to deliver up to there. */
export const WAKE_PUSH = statement(
  'wake_push',
  `update @push set due_at = $2, done_seq = $4
   where task = $1 and due_at is null and state = 'active'
     and selects @in($3)`,
);

/** Parameters: number of the task, id. One row, whose own columns are null where it is not there. */
export const LOOK_BEFORE_PUT = statement(
  'look_before_put',
  `select (select count(*) from @push where task = $1) as total, ${PUSH_COLUMNS}
   from (select 1 as one) as one
   left join @push p on p.task = $1 and p.config_id = $2`,
);

/** Parameters: task, id, version, selection, origin, bytes, position, key of the tenant. */
export const INSERT_PUSH = statement(
  'insert_push',
  `insert into @push (task, config_id, protocol_version, selects, origin,
     sealed, state, done_seq, previous_seq, failures, is_held, epoch, tenant_key)
   values ($1, $2, $3, $4, $5, $6, 'active', $7, 0, 0, false, 0, $8)
   returning ${WRITTEN}`,
);

/** Parameters: number, version, selection, origin, bytes, state, when it is due, key of the tenant. */
export const REPLACE_PUSH = statement(
  'replace_push',
  `update @push set protocol_version = $2, selects = $3, origin = $4,
     sealed = $5, state = $6, due_at = $7, tenant_key = $8,
     failures = 0, failing_since = null, is_held = false
   where num = $1 returning ${WRITTEN}`,
);

/** Parameters: number of the task, mask. */
export const NOTE_PUSH_MASK = statement(
  'note_push_mask',
  'update @task set push_mask = $2 where num = $1',
);

/** Parameters: id of the task, id. */
export const FIND_PUSH = statement(
  'find_push',
  `select ${PUSH_COLUMNS}, ${OWNER} from @push p join @task t on t.num = p.task
   where t.id = $1 and p.config_id = $2`,
);

/** Parameters: number of the task, id. Locked. */
export const LOCK_PUSH = statement(
  'lock_push',
  `select ${PUSH_COLUMNS} from @push p
   where p.task = $1 and p.config_id = $2 @lock`,
);

/** Parameters: number of the task, id, key of the tenant. Locked; with whether the origin has failed the tenant. */
export const LOCK_DELIVERY = statement(
  'lock_delivery',
  `select ${PUSH_COLUMNS}, exists (
     select 1 from @push_origin o
     where o.origin = p.origin and o.tenant_key = $3) as has_failures
   from @push p where p.task = $1 and p.config_id = $2 @lock`,
);

/** Parameters: numbers. Those that may still be claimed and nobody has locked. Locked. */
export const LOCK_DUE_PUSHES = statement(
  'lock_due_pushes',
  `select p.num from @push p
   where p.num @inNumbers($1) and p.state = 'active' and p.due_at <= @started
   @skip`,
);

/** Parameters: id of the task, number, limit. */
export const LIST_PUSH = statement(
  'list_push',
  `select ${PUSH_COLUMNS}, ${OWNER} from @push p join @task t on t.num = p.task
   where t.id = $1 and p.num > $2 order by p.num limit $3`,
);

/** Parameters: id of the task. */
export const COUNT_PUSH = statement(
  'count_push',
  `select count(*) as total from @push p join @task t on t.num = p.task
   where t.id = $1`,
);

/** Parameters: number. */
export const DELETE_PUSH = statement(
  'delete_push',
  'delete from @push where num = $1 returning num',
);

/** Parameters: number, the state of the delivery, key of the tenant. */
export const WRITE_PUSH = statement(
  'write_push',
  `update @push set state = $2, done_seq = $3, previous_seq = $4,
     failures = $5, failing_since = $6, is_held = $7, due_at = $8,
     tenant_key = $9
   where num = $1`,
);

/** Parameters: numbers, fence, lease in milliseconds. */
export const HOLD_PUSHES = statement(
  'hold_pushes',
  `update @push set is_held = true, epoch = $2, due_at = @now + $3
   where num @inNumbers($1)`,
);

/** Parameters: numbers. */
export const LOAD_PUSHES = statement(
  'load_pushes',
  `select ${PUSH_COLUMNS}, ${OWNER} from @push p join @task t on t.num = p.task
   where p.num @inNumbers($1)`,
);

/** Parameters: number of the configuration, then the attempt. */
export const INSERT_ATTEMPT = statement(
  'insert_attempt',
  `insert into @attempt (push, seq, number, began_at, duration_ms, outcome,
     status, error, next_at, is_redelivery)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);

/** Parameters: number of the configuration, how many to keep. */
export const TRIM_ATTEMPTS = statement(
  'trim_attempts',
  `delete from @attempt where push = $1 and num <= (
     select num from @attempt where push = $1
     order by num desc limit 1 offset $2)`,
);

/** Parameters: id of the task, id of the configuration or null, limit. */
export const LIST_ATTEMPTS = statement(
  'list_attempts',
  `select a.seq, a.number, a.began_at, a.duration_ms, a.outcome, a.status,
     a.error, a.next_at, a.is_redelivery, p.config_id, ${OWNER}
   from @attempt a join @push p on p.num = a.push join @task t on t.num = p.task
   where t.id = $1 and (cast($2 as text) is null or p.config_id = $2)
   order by a.num desc limit $3`,
);
