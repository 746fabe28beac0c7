import { draftContinuation } from '../log/draft-event.js';
import { beginsTurn, type StoredEvent } from '../log/task-event.js';
import { type Accepted, type AppendEvents } from '../log/task-log.js';
import { type Access, type Scope } from '../scope.js';
import { StoreError } from '../store-error.js';
import { loadClaim } from './load-claims.js';
import { assertPushFits, registerPush } from './push-registration.js';
import { findReplay, lockStrictKey, recordSend } from './sends.js';
import { type SqlSession } from './sql-database.js';
import { type TaskRow } from './task-row.js';
import {
  type LockedTask,
  lockTask,
  nextTurn,
  taskNotFound,
  writeEvents,
  writeTask,
} from './task-writer.js';
import { endTurn, isDue, isHeld, takeOn } from './work-state.js';
import { type Outcome } from './write-outcome.js';
import { type WriteTools } from './write-tools.js';

/** Continues a log. Serves {@link TaskLog.append}. */
export async function appendEvents(
  tools: WriteTools,
  command: AppendEvents,
  access: Access,
): Promise<Outcome> {
  const { session } = tools;
  const locked = await lockTask(session, command.taskId, access);
  // Whose sends are remembered: the caller's, and for the runtime itself the owner's of the task.
  const scope = access === 'system' ? locked?.row.scope : access;
  const replay = scope && (await replayOf(tools, command, scope));
  if (replay) {
    return { accepted: replay };
  }
  if (!locked) {
    throw taskNotFound();
  }
  assertMayAppend(locked.row, command);
  const push =
    command.push && (await assertPushFits(tools, locked, command.push));
  if (command.then && !command.fence) {
    throw new TypeError('Only the owner of a turn can end it');
  }
  const drafts = draftContinuation(command.events);
  const registered = push
    ? (await registerPush(session, locked, push)).row
    : locked.row;
  const target = { row: registered, now: locked.now };
  const epoch = command.fence?.epoch ?? 0;
  const { row, events } = await writeEvents(session, target, { drafts, epoch });
  return settle(session, { row, now: locked.now, events }, command);
}

async function replayOf(
  { session, dialect }: WriteTools,
  { idempotency: key }: AppendEvents,
  scope: Scope,
): Promise<Accepted | undefined> {
  if (!key) {
    return undefined;
  }
  await lockStrictKey(session, dialect, { scope, key });
  return findReplay(session, { scope, key });
}

/** Writes what comes with the events: the end of the turn, the record of the send, the claim. */
async function settle(
  session: SqlSession,
  { events, now, ...written }: LockedTask & { events: readonly StoredEvent[] },
  command: AppendEvents,
): Promise<Outcome> {
  const ended = await endTurnOf(session, written.row, { command, now });
  const begun = events.find(({ body }) => beginsTurn(body.kind));
  const claimant = begun && command.claim;
  const row =
    claimant && isDue(ended.work, now)
      ? { ...ended, work: takeOn(ended.work, claimant, now) }
      : ended;
  await writeTask(session, row);
  const { idempotency: key } = command;
  if (key) {
    const first = { task: row.num, turn: begun?.seq ?? row.work.turn };
    await recordSend(session, { scope: row.scope, key }, first);
  }
  const claim =
    row.work === ended.work
      ? undefined
      : await loadClaim(session, { before: ended, row });
  const { version } = row;
  return {
    accepted: { kind: 'accepted', version, events, ...(claim && { claim }) },
    row,
  };
}

async function endTurnOf(
  session: SqlSession,
  row: TaskRow,
  { command, now }: { command: AppendEvents; now: number },
): Promise<TaskRow> {
  if (!command.then || row.finishedAt !== undefined) {
    return row;
  }
  const next = await nextTurn(session, row);
  return { ...row, work: endTurn(row.work, next, now) };
}

/**
 * Whether an append is allowed on a task as it is.
 *
 * @throws StoreError `TASK_FINISHED`, `FENCE_LOST`, `VERSION_CONFLICT`
 */
export function assertMayAppend(
  { id, version, finishedAt, work }: TaskRow,
  { fence, expectedVersion }: AppendEvents,
): void {
  if (finishedAt !== undefined) {
    throw new StoreError('TASK_FINISHED', `Task ${id} has ended`);
  }
  if (fence && !(fence.taskId === id && isHeld(work, fence.epoch))) {
    throw new StoreError(
      'FENCE_LOST',
      `The lease of epoch ${fence.epoch} on task ${id} is lost`,
    );
  }
  if (version !== expectedVersion) {
    throw new StoreError(
      'VERSION_CONFLICT',
      `Task ${id} is at version ${version}, not ${expectedVersion}`,
    );
  }
}
