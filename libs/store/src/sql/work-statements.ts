import { statement } from './statement.js';

/**
 * Parameters: parts of the round, the most queues of each. The tenants that have
 * something due, now or later: one look into the index for each, however much it is.
 */
export const FIND_QUEUES = statement(
  'find_queues',
  `with recursive queue(place, agent, upto, tenant_key, visits) as (
     select w.place, w.agent, w.upto,
       (select t.tenant_key from @task t
        where t.due_at is not null and t.agent = w.agent
          and t.tenant_key >= w.start
        order by t.tenant_key limit 1), 1
     from @parts($1)
     union all
     select q.place, q.agent, q.upto,
       (select t.tenant_key from @task t
        where t.due_at is not null and t.agent = q.agent
          and t.tenant_key > q.tenant_key
        order by t.tenant_key limit 1), q.visits + 1
     from queue q
     where q.tenant_key is not null and q.visits < $2
       and (q.upto is null or q.tenant_key < q.upto)
   )
   select q.place, q.agent, q.tenant_key, (
       select t.due_at from @task t
       where t.due_at is not null and t.agent = q.agent
         and t.tenant_key = q.tenant_key
       order by t.due_at limit 1
     ) <= @started as is_due
   from queue q
   where q.tenant_key is not null
     and (q.upto is null or q.tenant_key <= q.upto)
   order by q.place, q.visits`,
);

/** Parameters: numbers, name of the instance, lease in milliseconds. */
export const TAKE_ON = statement(
  'take_on',
  `update @task set owner = $2, due_at = @now + $3, epoch = epoch + 1,
     expirations = expirations + case when owner is null then 0 else 1 end,
     is_begun = true
   where num @inNumbers($1)`,
);

/** Parameters: numbers, milliseconds. Nobody takes these turns on for so long. */
export const SET_ASIDE = statement(
  'set_aside',
  `update @task set owner = null, due_at = @now + $2, epoch = epoch + 1
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

/** Parameters: agents, as parts. */
export const NEXT_DUE = statement(
  'next_due',
  `select min((
     select t.due_at from @task t
     where t.due_at is not null and t.agent = w.agent
     order by t.due_at limit 1
   )) as due_at
   from @parts($1)`,
);
