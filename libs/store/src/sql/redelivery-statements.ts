import { OWNER, PUSH_COLUMNS } from './push-statements.js';
import { statement } from './statement.js';

/** Of `r`, under names that no column of a configuration has. */
const REDELIVERY_COLUMNS = `r.num as redelivery, r.done_seq as redone_seq,
  r.until_seq, r.failures as redo_failures, r.is_held as is_redoing,
  r.epoch as redo_epoch`;

/** Parameters: number of the configuration. */
export const COUNT_REDELIVERIES = statement(
  'count_redeliveries',
  'select count(*) as total from @redelivery where push = $1',
);

/** Parameters: number of the configuration, the last event before the range, the last of it, time. */
export const INSERT_REDELIVERY = statement(
  'insert_redelivery',
  `insert into @redelivery (push, done_seq, until_seq, failures, is_held, epoch, due_at)
   values ($1, $2, $3, 0, false, 0, $4)`,
);

/** What is the first of its configuration, which is active: others wait for it. */
const FIRST_ONES = `@redelivery r
   join @push p on p.num = r.push
   left join @push_origin o
     on o.origin = p.origin and o.tenant_key = p.tenant_key
   where p.state = 'active' and not exists (
     select 1 from @redelivery e where e.push = r.push and e.num < r.num)`;

/**
 * Parameters: limit. Half open, the probe is a delivery, and a redelivery where
 * none waits.
 */
export const FIND_REDELIVERIES = statement(
  'find_redeliveries',
  `select d.num from (
     select r.num, r.due_at, row_number() over (
       partition by p.origin order by r.due_at, r.num) as place
     from ${FIRST_ONES}
       and r.due_at <= @started
       and (o.open_until is null or (o.open_until <= @started and not exists (
         select 1 from @push w
         where w.origin = p.origin and w.tenant_key = p.tenant_key
           and w.state = 'active' and w.due_at is not null)))
       and not exists (
         select 1 from @redelivery h join @push q on q.num = h.push
         where h.is_held and h.due_at > @started and q.origin = p.origin)
   ) as d
   where d.place = 1 order by d.due_at, d.num limit $1`,
);

/** Parameters: numbers. Those that nobody has locked. Locked. */
export const LOCK_REDELIVERIES = statement(
  'lock_redeliveries',
  'select r.num from @redelivery r where r.num @inNumbers($1) @skip',
);

/** Parameters: numbers, fence, lease in milliseconds. */
export const HOLD_REDELIVERIES = statement(
  'hold_redeliveries',
  `update @redelivery set is_held = true, epoch = $2, due_at = @now + $3
   where num @inNumbers($1)`,
);

/** Parameters: numbers. */
export const LOAD_REDELIVERIES = statement(
  'load_redeliveries',
  `select ${REDELIVERY_COLUMNS}, ${PUSH_COLUMNS}, ${OWNER}
   from @redelivery r join @push p on p.num = r.push
   join @task t on t.num = p.task
   where r.num @inNumbers($1)`,
);

/** Parameters: number, number of the task, id of the configuration, key of the tenant. Locked; with whether the origin has failed the tenant. */
export const LOCK_REDELIVERY = statement(
  'lock_redelivery',
  `select ${REDELIVERY_COLUMNS}, ${PUSH_COLUMNS}, exists (
     select 1 from @push_origin o
     where o.origin = p.origin and o.tenant_key = $4) as has_failures
   from @redelivery r join @push p on p.num = r.push
   where r.num = $1 and p.task = $2 and p.config_id = $3 @lock`,
);

/** Parameters: number, the last event that was sent once more, failures, when it is due. */
export const WRITE_REDELIVERY = statement(
  'write_redelivery',
  `update @redelivery set done_seq = $2, failures = $3, is_held = false, due_at = $4
   where num = $1`,
);

/** Parameters: number. */
export const DELETE_REDELIVERY = statement(
  'delete_redelivery',
  'delete from @redelivery where num = $1',
);

/** When the first may be due, as far as times say. */
export const NEXT_REDELIVERY_AT = statement(
  'next_redelivery_at',
  `select min(case when r.due_at < coalesce(o.open_until, 0)
     then o.open_until else r.due_at end) as due_at
   from ${FIRST_ONES}`,
);
