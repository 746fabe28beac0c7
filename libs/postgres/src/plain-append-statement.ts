import { statement } from '@nest-a2a/store/sql';

/**
 * Many appends to different tasks in one statement. Each is checked against the
 * row as it is once it is locked; one that does not pass, or whose task somebody
 * else has locked, is left out and decides nothing. So it never waits, and two
 * of it cannot lock each other out.
 *
 * Parameters: for each append id, scope or null, version, fence or null, number of
 * events, state, time of the status, whether it announces, whether it ends, mask,
 * the last positions that each selection selects, bytes; for each event the
 * place of its append, its place in it, id, kind, body, bytes, turn body or null.
 */
export const APPEND_PLAINLY = statement(
  'append_plainly',
  `with wanted as (
     select * from unnest(
       cast($1 as text[]), cast($2 as text[]), cast($3 as bigint[]),
       cast($4 as bigint[]), cast($5 as int[]), cast($6 as text[]),
       cast($7 as bigint[]), cast($8 as boolean[]), cast($9 as boolean[]),
       cast($10 as int[]), cast($11 as int[]), cast($12 as int[]),
       cast($13 as int[]), cast($14 as int[]), cast($15 as bigint[])
     ) with ordinality as w (
       id, scope_key, version, epoch, events, state, status_at, announces,
       ends, mask, last_updates, last_status, last_terminal, last_all, bytes,
       place)
   ), locked as (
     select w.*, t.num, @now as now
     from wanted w join @task t on t.id = w.id
     where t.version = w.version and t.finished_at is null
       and (w.epoch is null or (t.epoch = w.epoch and t.owner is not null))
       and (w.scope_key is null or t.scope_key = w.scope_key)
       and t.push_mask & w.mask = 0
     for no key update of t skip locked
   ), changed as (
     update @task as t set
       version = l.version + l.events,
       state = coalesce(l.state, t.state),
       list_rank = case when l.state is null then t.list_rank
         else -coalesce(l.status_at, l.now) end,
       is_announced = t.is_announced or l.announces,
       finished_at = case when l.ends then l.now end,
       owner = case when l.ends then null else t.owner end,
       due_at = case when l.ends then null else t.due_at end,
       last_updates = coalesce(l.version + l.last_updates, t.last_updates),
       last_status = coalesce(l.version + l.last_status, t.last_status),
       last_terminal = coalesce(l.version + l.last_terminal, t.last_terminal),
       last_all = coalesce(l.version + l.last_all, t.last_all),
       tail_bytes = t.tail_bytes + l.bytes
     from locked l where t.num = l.num
     returning l.place, l.now, l.version as before, l.epoch, t.num, t.turn,
       t.finished_at, t.snapshot_version, t.snapshot_bytes, t.tail_bytes
   ), written as (
     insert into @event (task, seq, id, kind, body, turn_body, bytes, written_at, turn, epoch)
     select c.num, c.before + e.at, e.id, e.kind, e.body, e.turn_body, e.bytes, c.now,
       c.turn, coalesce(c.epoch, 0)
     from unnest(
       cast($16 as int[]), cast($17 as int[]), cast($18 as text[]),
       cast($19 as text[]), cast($20 as text[]), cast($21 as int[]),
       cast($22 as text[])
     ) as e (place, at, id, kind, body, bytes, turn_body)
     join changed c on c.place = e.place
   )
   select place, now as written_at, turn, finished_at, snapshot_version,
     snapshot_bytes, tail_bytes from changed`,
);
