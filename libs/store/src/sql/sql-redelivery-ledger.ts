import {
  type DeliveryFailure,
  type DeliverySuccess,
  type Settled,
} from '../push/push-ledger.js';
import {
  type DueRedelivery,
  type NewRedelivery,
  type RedeliveryAnswer,
  type RedeliveryFence,
  type RedeliveryLedger,
} from '../push/redelivery-ledger.js';
import { assertRoomForRedelivery } from '../push/redelivery-limit.js';
import { type CallContext } from '../scope.js';
import { optionalNumber, toColumn } from './columns.js';
import { toPushRow } from './push-row.js';
import { LOCK_PUSH } from './push-statements.js';
import { toDueRedelivery } from './redelivery-row.js';
import {
  COUNT_REDELIVERIES,
  FIND_REDELIVERIES,
  HOLD_REDELIVERIES,
  INSERT_REDELIVERY,
  LOAD_REDELIVERIES,
  LOCK_REDELIVERIES,
  NEXT_REDELIVERY_AT,
} from './redelivery-statements.js';
import { settleRedelivery } from './settle-redelivery.js';
import { type SqlSession } from './sql-database.js';
import { type SqlParts } from './sql-task-log.js';
import { lockTask } from './task-writer.js';

/** What is sent once more, in a database. */
export class SqlRedeliveryLedger implements RedeliveryLedger {
  constructor(
    private readonly parts: Pick<SqlParts, 'transactions' | 'dialect'>,
  ) {}

  add(
    { taskId, configId, from, to }: NewRedelivery,
    context: CallContext,
  ): Promise<RedeliveryAnswer> {
    return this.parts.transactions.write(async (session) => {
      const task = await lockTask(session, taskId, context.access);
      const values = task && [task.row.num, toColumn(configId)];
      const [found] = values ? await session.run(LOCK_PUSH, values) : [];
      if (!task || !found) {
        return { kind: 'notFound' };
      }
      const { num, cursor } = toPushRow(found);
      const last = Math.min(to, cursor);
      if (from > last) {
        return { kind: 'nothingDone' };
      }
      const [counted] = await session.run(COUNT_REDELIVERIES, [num]);
      assertRoomForRedelivery(Number(counted?.total));
      await session.run(INSERT_REDELIVERY, [num, from - 1, last, task.now]);
      return { kind: 'accepted', from, to: last };
    }, context);
  }

  claimDue({
    max,
    leaseMs,
  }: {
    readonly max: number;
    readonly leaseMs: number;
  }): Promise<readonly DueRedelivery[]> {
    const { dialect, transactions } = this.parts;
    return transactions.write(async (session) => {
      // Two that look for origins where nothing is under way must see each other's claims.
      await dialect.lock(session, 'redelivery');
      const found = await session.run(FIND_REDELIVERIES, [max]);
      const numbers = await lockFound(session, found.map(toNumber));
      if (numbers.length === 0) {
        return [];
      }
      const epoch = await dialect.nextPushEpoch(session);
      const list = JSON.stringify(numbers);
      await session.run(HOLD_REDELIVERIES, [list, epoch, leaseMs]);
      const rows = await session.run(LOAD_REDELIVERIES, [list]);
      const byNumber = new Map(
        rows.map((row) => [Number(row.redelivery), row]),
      );
      return numbers
        .map((number) => byNumber.get(number))
        .filter((row) => row !== undefined)
        .map(toDueRedelivery);
    });
  }

  succeed(
    fence: RedeliveryFence,
    { upTo, attempt, origin }: DeliverySuccess,
  ): Promise<Settled | undefined> {
    return this.parts.transactions.write((session) =>
      settleRedelivery(session, fence, (row, dueAt) => {
        const cursor = Math.max(row.cursor, upTo);
        return { cursor, failures: 0, dueAt, attempt, origin };
      }),
    );
  }

  fail(
    fence: RedeliveryFence,
    { attempt, disable, origin }: DeliveryFailure,
  ): Promise<Settled | undefined> {
    return this.parts.transactions.write((session) =>
      settleRedelivery(session, fence, (row, now) => {
        const settled =
          attempt.outcome === 'dead'
            ? { cursor: attempt.seq, failures: 0, dueAt: now }
            : {
                cursor: row.cursor,
                failures: row.failures + 1,
                dueAt: attempt.nextAt ?? now,
              };
        return { ...settled, disable, attempt, origin };
      }),
    );
  }

  async release(
    fence: RedeliveryFence,
    { dueAt }: { readonly dueAt: number },
  ): Promise<boolean> {
    const settled = await this.parts.transactions.write((session) =>
      settleRedelivery(session, fence, ({ cursor, failures }) => ({
        cursor,
        failures,
        dueAt,
      })),
    );
    return settled !== undefined;
  }

  nextDueAt(): Promise<number | undefined> {
    return this.parts.transactions.read(async (session) => {
      const [row] = await session.run(NEXT_REDELIVERY_AT);
      return optionalNumber(row?.due_at);
    });
  }
}

async function lockFound(
  session: SqlSession,
  numbers: readonly number[],
): Promise<readonly number[]> {
  const values = [JSON.stringify(numbers)];
  const rows =
    numbers.length > 0 ? await session.run(LOCK_REDELIVERIES, values) : [];
  const locked = new Set(rows.map(toNumber));
  return numbers.filter((number) => locked.has(number));
}

function toNumber({ num }: { readonly num?: unknown }): number {
  return Number(num);
}
