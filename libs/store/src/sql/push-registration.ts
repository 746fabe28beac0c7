import {
  type NewPushConfig,
  type PushRegistration,
} from '../push/push-config.js';
import { StoreError } from '../store-error.js';
import { admitOrigin } from './admit-origin.js';
import { tenantKeyOf, toColumn } from './columns.js';
import { dueNow, type PushRow, toPushRow } from './push-row.js';
import {
  INSERT_PUSH,
  LOOK_BEFORE_PUT,
  REPLACE_PUSH,
} from './push-statements.js';
import { bitOf } from './selections.js';
import { type SqlRow, type SqlSession } from './sql-database.js';
import { type TaskRow } from './task-row.js';
import { type LockedTask } from './task-writer.js';
import { type WriteTools } from './write-tools.js';

/** A registration that fits, and the configuration that it replaces. */
export interface FittingPush {
  readonly config: NewPushConfig;
  readonly known: PushRow | undefined;
}

/** What {@link registerPush} has written. */
export interface RegisteredPush {
  /** The row of the task with the selection, which is still to be written. */
  readonly row: TaskRow;
  readonly push: PushRow;
}

/** @throws StoreError `TOO_MANY_PUSH_CONFIGS`, `TOO_MANY_PUSH_ORIGINS`, `TOO_MANY_NEW_PUSH_ORIGINS` */
export async function assertPushFits(
  tools: WriteTools,
  { row: task, now }: LockedTask,
  registration: PushRegistration,
): Promise<FittingPush> {
  const { config, maxPerTask } = registration;
  const values = [task.num, toColumn(config.id)];
  const [row] = await tools.session.run(LOOK_BEFORE_PUT, values);
  const known =
    row && row.num !== null && row.num !== undefined
      ? toPushRow(row)
      : undefined;
  if (!known && Number(row?.total) >= maxPerTask) {
    throw new StoreError(
      'TOO_MANY_PUSH_CONFIGS',
      `A task has at most ${maxPerTask} push notification configurations`,
    );
  }
  if (known?.origin !== config.origin) {
    await admitOrigin(tools, { scope: task.scope, now }, registration);
  }
  return { config, known };
}

/** Adds a configuration for the events to come, or replaces the one with its id. The task is locked. */
export async function registerPush(
  session: SqlSession,
  { row, now }: LockedTask,
  { config, known }: FittingPush,
): Promise<RegisteredPush> {
  const pushMask = row.pushMask | bitOf(config.select);
  const [written] = known
    ? await replace(session, { row, now }, { config, known })
    : await insert(session, row, config);
  return { row: { ...row, pushMask }, push: toPushRow(written as SqlRow) };
}

function insert(session: SqlSession, row: TaskRow, config: NewPushConfig) {
  return session.run(INSERT_PUSH, [
    row.num,
    toColumn(config.id),
    config.protocolVersion,
    config.select,
    toColumn(config.origin),
    config.sealed,
    row.version,
    tenantKeyOf(row.scope),
  ]);
}

/** Another receiver takes the place: what happened to the one before says nothing about it. */
function replace(
  session: SqlSession,
  { row, now }: LockedTask,
  { config, known }: { config: NewPushConfig; known: PushRow },
) {
  const state = known.state === 'disabled' ? 'active' : known.state;
  const { select } = config;
  const position = { select, cursor: known.cursor };
  return session.run(REPLACE_PUSH, [
    known.num,
    config.protocolVersion,
    select,
    toColumn(config.origin),
    config.sealed,
    state,
    dueNow(position, row.lastSelected, now) ?? null,
    tenantKeyOf(row.scope),
  ]);
}
