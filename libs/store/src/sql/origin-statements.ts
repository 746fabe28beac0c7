import { statement } from './statement.js';

/** Parameters: origin, key of the tenant, agent, tenant. The row is there from now on. Locked. */
export const LOCK_ORIGIN = statement(
  'lock_origin',
  `insert into @push_origin as o (origin, tenant_key, agent, tenant, failures)
   values ($1, $2, $3, $4, 0)
   on conflict (origin, tenant_key) do update set failures = o.failures
   returning failures, open_until, @now as now`,
);

/** Parameters: origin, key of the tenant, failures, until when it is open. */
export const WRITE_ORIGIN = statement(
  'write_origin',
  `update @push_origin set failures = $3, open_until = $4
   where origin = $1 and tenant_key = $2`,
);

/** Parameters: origin, key of the tenant. Not while it is open. */
export const CLOSE_ORIGIN = statement(
  'close_origin',
  `delete from @push_origin where origin = $1 and tenant_key = $2
   and (open_until is null or open_until <= @started)
   returning open_until`,
);

/** Those that are not open, and for which nothing waits. */
export const FORGET_ORIGINS = statement(
  'forget_origins',
  `delete from @push_origin as o
   where (o.open_until is null or o.open_until <= @started)
     and not exists (
       select 1 from @push p
       where p.origin = o.origin and p.tenant_key = o.tenant_key
         and p.due_at is not null and p.state = 'active')`,
);

/** Parameters: key of the tenant, origin. */
export const KNOWS_ORIGIN = statement(
  'knows_origin',
  `select exists (
     select 1 from @push where tenant_key = $1 and origin = $2) as is_known`,
);

/** Parameters: key of the tenant, limit. One look into the index for each origin, up to the limit. */
export const COUNT_ORIGINS = statement(
  'count_origins',
  `with recursive origin(name, place) as (
     select (select min(p.origin) from @push p where p.tenant_key = $1), 1
     union all
     select (select min(p.origin) from @push p
             where p.tenant_key = $1 and p.origin > o.name), o.place + 1
     from origin o where o.name is not null and o.place < $2
   )
   select count(name) as total from origin`,
);

/** Parameters: key of the tenant, the last time that does not count. */
export const FORGET_NEW_ORIGINS = statement(
  'forget_new_origins',
  'delete from @new_origin where tenant_key = $1 and came_at <= $2',
);

/** Parameters: key of the tenant, origin. */
export const COUNT_NEW_ORIGINS = statement(
  'count_new_origins',
  `select count(*) as total,
     count(case when origin = $2 then 1 end) as is_among
   from @new_origin where tenant_key = $1`,
);

/** Parameters: key of the tenant, origin, time. */
export const NOTE_NEW_ORIGIN = statement(
  'note_new_origin',
  `insert into @new_origin (tenant_key, origin, came_at) values ($1, $2, $3)
   on conflict (tenant_key, origin) do nothing`,
);

/** Parameters: for how long an origin is new, milliseconds. */
export const FORGET_ALL_NEW_ORIGINS = statement(
  'forget_all_new_origins',
  'delete from @new_origin where came_at <= @started - $1',
);

/** Parameters: limit. */
export const LIST_ORIGINS = statement(
  'list_origins',
  `select origin, agent, tenant, failures, open_until from @push_origin
   order by coalesce(open_until, 0) desc, failures desc, origin, tenant_key
   limit $1`,
);

/**
 * Parameters: limit. By the names of the tenant, not by its key: the version
 * before wrote none. One look into the primary keys of tasks and events for each
 * configuration that waits.
 */
export const LIST_BACKLOG = statement(
  'list_backlog',
  `select w.origin, w.agent, w.tenant, w.waiting, w.oldest_at,
     coalesce(o.failures, 0) as failures, o.open_until
   from (
     select p.origin, t.agent, t.tenant, max(p.tenant_key) as tenant_key,
       count(*) as waiting, min(e.written_at) as oldest_at
     from @push p
     join @task t on t.num = p.task
     join @event e on e.task = p.task and e.seq = p.done_seq + 1
     where p.due_at is not null and p.state = 'active'
     group by p.origin, t.agent, t.tenant
     order by oldest_at, p.origin, t.agent, t.tenant
     limit $1
   ) as w
   left join @push_origin o
     on o.origin = w.origin and o.tenant_key = w.tenant_key
   order by w.oldest_at, w.origin, w.agent, w.tenant`,
);
