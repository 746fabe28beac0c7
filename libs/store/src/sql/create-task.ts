import { foldLog } from '../fold/log-fold.js';
import { draftBeginning } from '../log/draft-event.js';
import { type StoredEvent } from '../log/task-event.js';
import { type Accepted, type CreateTask } from '../log/task-log.js';
import { turnOf } from '../log/turn-of.js';
import { StoreError } from '../store-error.js';
import { type Claim } from '../work/work-ledger.js';
import { admitOrigin } from './admit-origin.js';
import { advanceTask, selectedBy } from './advance-task.js';
import { keyOf, tenantKeyOf, toColumn } from './columns.js';
import { eventValues } from './event-row.js';
import { registerPush } from './push-registration.js';
import { bitOf } from './selections.js';
import { lockStrictKey, messageKeyOf, recordSend, replayOf } from './sends.js';
import { type SqlSession, type SqlValue } from './sql-database.js';
import { changingValues, type TaskRow } from './task-row.js';
import {
  INSERT_EVENT,
  INSERT_TASK,
  LOOK_BEFORE_CREATE,
} from './task-statements.js';
import { wakePush } from './task-writer.js';
import { NO_WORK, takeOn } from './work-state.js';
import { type Outcome } from './write-outcome.js';
import { type WriteTools } from './write-tools.js';

/** Creates a task. Serves {@link TaskLog.create}. */
export async function createTask(
  tools: WriteTools,
  command: CreateTask,
): Promise<Outcome> {
  const { session } = tools;
  const { now, isTaken, replay } = await look(tools, command);
  if (replay) {
    return { accepted: replay };
  }
  if (isTaken) {
    throw exists(command);
  }
  if (command.push && command.push.maxPerTask < 1) {
    throw new StoreError(
      'TOO_MANY_PUSH_CONFIGS',
      'A task has at most 0 push notification configurations',
    );
  }
  if (command.push) {
    await admitOrigin(tools, { scope: command.scope, now }, command.push);
  }
  const drafts = draftBeginning(command, command.events);
  const advanced = advanceTask(newRow(command, now), drafts, {
    at: now,
    epoch: 0,
  });
  const claimed = claimNew(advanced.row, command, now);
  const row = await insert(session, command, claimed);
  await session.insert(
    INSERT_EVENT,
    advanced.events.map((event) => eventValues(row.num, event)),
  );
  await insertBelongings(
    session,
    { row, now, mask: selectedBy(drafts) },
    command,
  );
  return { accepted: answer(row, advanced.events, command), row };
}

async function look(
  { session, dialect }: WriteTools,
  { taskId, scope, idempotency: key }: CreateTask,
) {
  if (key) {
    await lockStrictKey(session, dialect, { scope, key });
  }
  const messageKey = key ? messageKeyOf(scope, key) : '';
  const values = [toColumn(taskId), messageKey];
  const rows = await session.run(LOOK_BEFORE_CREATE, values);
  const sends = rows.filter(({ task_id }) => task_id !== null);
  return {
    now: Number(rows[0]?.now),
    isTaken: Boolean(rows[0]?.is_taken),
    replay: key && replayOf(sends, key),
  };
}

function newRow(
  { taskId, scope, contextId, isAnnounced, push }: CreateTask,
  now: number,
): TaskRow {
  const { agent, tenant, principal } = scope;
  return {
    num: 0,
    id: taskId,
    scope: { agent, tenant, principal },
    contextKey: keyOf(scope, contextId),
    wasAnnounced: isAnnounced,
    version: 0,
    state: 'TASK_STATE_SUBMITTED',
    statusAt: now,
    isAnnounced,
    finishedAt: undefined,
    work: NO_WORK,
    pushMask: push ? bitOf(push.config.select) : 0,
    lastSelected: { updates: 0, status: 0, terminal: 0, all: 0 },
    snapshotVersion: 0,
    snapshotBytes: 0,
    tailBytes: 0,
  };
}

function claimNew(row: TaskRow, { claim }: CreateTask, now: number): TaskRow {
  return claim && row.finishedAt === undefined
    ? { ...row, work: takeOn(row.work, claim, now) }
    : row;
}

async function insert(
  session: SqlSession,
  command: CreateTask,
  row: TaskRow,
): Promise<TaskRow> {
  const { agent, tenant, principal } = row.scope;
  const values: SqlValue[] = [
    ...[row.id, agent, tenant, principal].map(toColumn),
    tenantKeyOf(row.scope),
    keyOf(row.scope),
    toColumn(command.contextId),
    row.contextKey,
    row.wasAnnounced,
    ...changingValues(row),
  ];
  const [inserted] = await session.run(INSERT_TASK, values);
  if (!inserted) {
    throw exists(command);
  }
  return { ...row, num: Number(inserted.num) };
}

async function insertBelongings(
  session: SqlSession,
  { row, now, mask }: { row: TaskRow; now: number; mask: number },
  { scope, idempotency: key, push }: CreateTask,
): Promise<void> {
  if (key) {
    await recordSend(session, { scope, key }, { task: row.num, turn: 1 });
  }
  if (push) {
    // From the beginning: the events of this commit are for it already.
    const locked = { row: { ...row, version: 0 }, now };
    const fitting = { config: push.config, known: undefined };
    await registerPush(session, locked, fitting);
    await wakePush(session, locked, mask);
  }
}

function answer(
  row: TaskRow,
  events: readonly StoredEvent[],
  command: CreateTask,
): Accepted {
  const { version } = row;
  const claim = command.claim && claimOf(row, events);
  return { kind: 'accepted', version, events, ...(claim && { claim }) };
}

function claimOf(
  { id, scope, wasAnnounced, work }: TaskRow,
  events: readonly StoredEvent[],
): Claim | undefined {
  const [first] = events;
  if (work.owner === undefined || !first) {
    return undefined;
  }
  const fold = foldLog({ scope, isAnnounced: wasAnnounced }, events);
  return {
    record: fold.record(work.turn),
    turn: turnOf(first),
    fence: { taskId: id, epoch: work.epoch },
    attempt: work.expirations + 1,
    isTakenOver: false,
    isCancelRequested: false,
  };
}

function exists({ taskId }: CreateTask): StoreError {
  return new StoreError('VERSION_CONFLICT', `Task ${taskId} exists already`);
}
