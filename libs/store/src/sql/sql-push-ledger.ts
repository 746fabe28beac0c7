import { type Page } from '../page.js';
import { parsePageToken, toPageToken } from '../page-token.js';
import {
  type PushConfig,
  type PushConfigState,
  type PushRegistration,
} from '../push/push-config.js';
import {
  type AttemptQuery,
  type DeliveryAttempt,
  type DeliveryFailure,
  type DeliverySuccess,
  type DueDelivery,
  type PushFence,
  type PushLedger,
  type Settled,
} from '../push/push-ledger.js';
import { type OriginBacklog, type OriginState } from '../push/push-origin.js';
import { type CallContext, mayAccess } from '../scope.js';
import { lockDuePushes } from './claim-pushes.js';
import { toColumn } from './columns.js';
import { toOriginBacklog, toOriginState } from './note-origin.js';
import { LIST_BACKLOG, LIST_ORIGINS } from './origin-statements.js';
import { assertPushFits, registerPush } from './push-registration.js';
import {
  dueNow,
  ownerOf,
  type PushRow,
  pushValues,
  toAttempt,
  toPushConfig,
  toPushRow,
} from './push-row.js';
import {
  COUNT_PUSH,
  DELETE_PUSH,
  FIND_PUSH,
  HOLD_PUSHES,
  LIST_ATTEMPTS,
  LIST_PUSH,
  LOAD_PUSHES,
  LOCK_PUSH,
  NOTE_PUSH_MASK,
  WRITE_PUSH,
} from './push-statements.js';
import { PushRound } from './push-round.js';
import { failed, givenBack, settlePush, succeeded } from './settle-push.js';
import { type SqlRow, type SqlSession } from './sql-database.js';
import { type SqlParts } from './sql-task-log.js';
import { type LockedTask, lockTask, taskNotFound } from './task-writer.js';

/** Push notification configurations and their cursors, in a database. */
export class SqlPushLedger implements PushLedger {
  /** What the last claim allowed: {@link nextDueAt} is asked about the same origins. */
  private perOrigin = Number.MAX_SAFE_INTEGER;
  private readonly round = new PushRound();

  constructor(private readonly parts: SqlParts) {}

  put(
    command: PushRegistration & { readonly taskId: string },
    context: CallContext,
  ): Promise<PushConfig> {
    return this.parts.transactions.write(async (session) => {
      const locked = await lockTask(session, command.taskId, context.access);
      if (!locked) {
        throw taskNotFound();
      }
      const { num, pushMask } = locked.row;
      const { dialect } = this.parts;
      const tools = { session, dialect };
      const fitting = await assertPushFits(tools, locked, command);
      const { row, push } = await registerPush(session, locked, fitting);
      if (row.pushMask !== pushMask) {
        await session.run(NOTE_PUSH_MASK, [num, row.pushMask]);
      }
      return toPushConfig(push, row);
    }, context);
  }

  get(
    taskId: string,
    configId: string,
    context: CallContext,
  ): Promise<PushConfig | undefined> {
    return this.parts.transactions.read(async (session) => {
      const values = [toColumn(taskId), toColumn(configId)];
      const [row] = await session.run(FIND_PUSH, values);
      return row && isVisible(row, context) ? toConfig(row) : undefined;
    }, context);
  }

  async list(
    query: {
      readonly taskId: string;
      readonly pageSize: number;
      readonly pageToken?: string;
    },
    context: CallContext,
  ): Promise<Page<PushConfig>> {
    const { taskId, pageSize, pageToken } = query;
    const [after] = pageToken ? parsePageToken(pageToken, isPosition) : [0];
    return this.parts.transactions.read(async (session) => {
      const id = toColumn(taskId);
      const found = await session.run(LIST_PUSH, [id, after, pageSize + 1]);
      const rows = found.filter((row) => isVisible(row, context));
      const [total] =
        rows.length > 0 ? await session.run(COUNT_PUSH, [id]) : [];
      const page = rows.slice(0, pageSize);
      const last = rows.length > pageSize ? page.at(-1) : undefined;
      return {
        items: page.map(toConfig),
        nextPageToken: last ? toPageToken([Number(last.num)]) : '',
        totalSize: Number(total?.total ?? 0),
      };
    }, context);
  }

  remove(
    taskId: string,
    configId: string,
    context: CallContext,
  ): Promise<boolean> {
    return this.change({ taskId, configId }, context, async (session, push) => {
      await session.run(DELETE_PUSH, [push.num]);
    });
  }

  setState(
    command: {
      readonly taskId: string;
      readonly configId: string;
      readonly state: PushConfigState;
    },
    context: CallContext,
  ): Promise<boolean> {
    return this.change(command, context, async (session, push, task) => {
      const next = withState(push, command.state, task);
      await session.run(WRITE_PUSH, pushValues(next, task.row.scope));
    });
  }

  async claimDue(command: {
    readonly owner: string;
    readonly max: number;
    readonly perOrigin: number;
    readonly leaseMs: number;
  }): Promise<readonly DueDelivery[]> {
    this.perOrigin = command.perOrigin;
    const { dialect, transactions } = this.parts;
    return transactions.write(async (session) => {
      const search = { session, dialect, round: this.round };
      const numbers = await lockDuePushes(search, command);
      if (numbers.length === 0) {
        return [];
      }
      const epoch = await dialect.nextPushEpoch(session);
      const list = JSON.stringify(numbers);
      await session.run(HOLD_PUSHES, [list, epoch, command.leaseMs]);
      const rows = await session.run(LOAD_PUSHES, [list]);
      const byNumber = new Map(rows.map((row) => [Number(row.num), row]));
      return numbers
        .map((number) => byNumber.get(number))
        .filter((row) => row !== undefined)
        .map(toDelivery);
    });
  }

  succeed(
    fence: PushFence,
    result: DeliverySuccess,
  ): Promise<Settled | undefined> {
    return this.parts.transactions.write((session) =>
      settlePush(session, fence, (push, task) => succeeded(push, task, result)),
    );
  }

  fail(
    fence: PushFence,
    result: DeliveryFailure,
  ): Promise<Settled | undefined> {
    return this.parts.transactions.write((session) =>
      settlePush(session, fence, (push, task) => failed(push, task, result)),
    );
  }

  async release(
    fence: PushFence,
    { dueAt }: { readonly dueAt: number },
  ): Promise<boolean> {
    const settled = await this.parts.transactions.write((session) =>
      settlePush(session, fence, (push) => ({ push: givenBack(push, dueAt) })),
    );
    return settled !== undefined;
  }

  attempts(
    { taskId, configId, limit }: AttemptQuery,
    context: CallContext,
  ): Promise<readonly DeliveryAttempt[]> {
    return this.parts.transactions.read(async (session) => {
      const config = configId === undefined ? null : toColumn(configId);
      const values = [toColumn(taskId), config, limit];
      const rows = await session.run(LIST_ATTEMPTS, values);
      return rows.filter((row) => isVisible(row, context)).map(toAttempt);
    }, context);
  }

  nextDueAt(): Promise<number | undefined> {
    // A transaction for its settings: the plan of this one looks dearer than it is.
    return this.parts.transactions.write((session) =>
      this.parts.dialect.nextPushAt(session, this.perOrigin),
    );
  }

  origins({
    limit,
  }: {
    readonly limit: number;
  }): Promise<readonly OriginState[]> {
    return this.parts.transactions.read(async (session) => {
      const rows = await session.run(LIST_ORIGINS, [limit]);
      return rows.map(toOriginState);
    });
  }

  backlog({
    limit,
  }: {
    readonly limit: number;
  }): Promise<readonly OriginBacklog[]> {
    // A transaction for its settings: this one looks at more than others do.
    return this.parts.transactions.write(async (session) => {
      const rows = await session.run(LIST_BACKLOG, [limit]);
      return rows.map(toOriginBacklog);
    });
  }

  /** Changes one configuration of a task that the caller may touch. @returns whether it was there */
  private change(
    { taskId, configId }: { taskId: string; configId: string },
    context: CallContext,
    change: (
      session: SqlSession,
      push: PushRow,
      task: LockedTask,
    ) => Promise<void>,
  ): Promise<boolean> {
    return this.parts.transactions.write(async (session) => {
      const task = await lockTask(session, taskId, context.access);
      const values = task && [task.row.num, toColumn(configId)];
      const [found] = values ? await session.run(LOCK_PUSH, values) : [];
      if (!task || !found) {
        return false;
      }
      await change(session, toPushRow(found), task);
      return true;
    }, context);
  }
}

/** Reactivated, it goes on where it was, at once and with its failures forgotten. */
function withState(
  push: PushRow,
  state: PushConfigState,
  { row, now }: LockedTask,
): PushRow {
  if (state !== 'active' || push.state === 'active') {
    return { ...push, state };
  }
  return {
    ...push,
    state,
    failures: 0,
    failingSince: undefined,
    dueAt: push.isHeld ? push.dueAt : dueNow(push, row.lastSelected, now),
  };
}

function isVisible(row: SqlRow, { access }: CallContext): boolean {
  return mayAccess(access, ownerOf(row).scope);
}

function toConfig(row: SqlRow): PushConfig {
  return toPushConfig(toPushRow(row), ownerOf(row));
}

function toDelivery(row: SqlRow): DueDelivery {
  const config = toConfig(row);
  const { taskId, id: configId } = config;
  const fence = { taskId, configId, epoch: Number(row.epoch) };
  return { config, fence };
}

function isPosition(value: unknown): value is [number] {
  return (
    Array.isArray(value) && value.length === 1 && Number.isSafeInteger(value[0])
  );
}
