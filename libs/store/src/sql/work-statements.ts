import { statement } from './statement.js';
import { TASK_COLUMNS } from './task-row.js';

/** Parameters: agents, limit. Locked, the longest due first. */
export const CLAIM_DUE = statement(
  'claim_due',
  `select ${TASK_COLUMNS}, @now as now from @task t
   where t.due_at <= @started and t.agent @in($1)
   order by t.due_at, t.num limit $2 @skip`,
);

/** Parameters: numbers, name of the instance, lease in milliseconds. */
export const TAKE_ON = statement(
  'take_on',
  `update @task set owner = $2, due_at = @now + $3, epoch = epoch + 1,
     expirations = expirations + case when owner is null then 0 else 1 end,
     is_begun = true
   where num @inNumbers($1)`,
);

/** Parameters: ids. Locked. */
export const LOCK_HELD = statement(
  'lock_held',
  `select t.num, t.id, t.epoch, t.is_cancel_requested from @task t
   where t.id @in($1) and t.owner is not null @skip`,
);

/** Parameters: ids. */
export const FIND_HELD = statement(
  'find_held',
  `select t.num, t.id, t.epoch, t.is_cancel_requested from @task t
   where t.id @in($1) and t.owner is not null`,
);

/** Parameters: numbers, lease in milliseconds. */
export const RENEW = statement(
  'renew',
  'update @task set due_at = @now + $2 where num @inNumbers($1)',
);

/** Parameters: id, epoch. */
export const HAND_BACK = statement(
  'hand_back',
  `update @task set owner = null, due_at = @now
   where id = $1 and epoch = $2 and owner is not null`,
);

/** Parameters: number. */
export const REQUEST_CANCEL = statement(
  'request_cancel',
  'update @task set is_cancel_requested = true where num = $1',
);

/** Parameters: agents. */
export const NEXT_DUE = statement(
  'next_due',
  `select min(t.due_at) as due_at from @task t
   where t.due_at is not null and t.agent @in($1)`,
);
