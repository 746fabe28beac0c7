import { type Accepted, type IdempotencyKey } from '../log/task-log.js';
import { type Scope } from '../scope.js';
import { StoreError } from '../store-error.js';
import { fromColumn, keyOf, toColumn } from './columns.js';
import { type SqlDialect } from './sql-dialect.js';
import {
  type SqlRow,
  type SqlSession,
  TransactionRetry,
} from './sql-database.js';
import { FIND_SENDS, RECORD_SEND } from './task-statements.js';

/** The key of a message in its column. */
export function messageKeyOf(scope: Scope, key: IdempotencyKey): string {
  return keyOf(scope, key.messageId);
}

/**
 * What the first send of the same was answered with; `undefined` for a new one.
 *
 * @throws StoreError `MESSAGE_ID_REUSED`
 */
export async function findReplay(
  session: SqlSession,
  { scope, key }: { scope: Scope; key: IdempotencyKey },
): Promise<Accepted | undefined> {
  const rows = await session.run(FIND_SENDS, [messageKeyOf(scope, key)]);
  return replayOf(rows, key);
}

/**
 * {@link findReplay} among rows that have been read.
 *
 * @throws StoreError `MESSAGE_ID_REUSED`
 */
export function replayOf(
  sends: readonly SqlRow[],
  key: IdempotencyKey,
): Accepted | undefined {
  const first = sends.find(
    ({ fingerprint }) => fingerprint === toColumn(key.fingerprint),
  );
  if (first) {
    const taskId = fromColumn(first.task_id);
    return { kind: 'replayed', taskId, turn: Number(first.turn) };
  }
  if (sends.length > 0 && key.isStrict) {
    throw new StoreError(
      'MESSAGE_ID_REUSED',
      'Another message was sent with the same messageId',
    );
  }
  return undefined;
}

/** Notes a send. Another one of the same that was faster lets the transaction begin again, and find it. */
export async function recordSend(
  session: SqlSession,
  { scope, key }: { scope: Scope; key: IdempotencyKey },
  first: { readonly task: number; readonly turn: number },
): Promise<void> {
  const values = [
    messageKeyOf(scope, key),
    toColumn(key.fingerprint),
    first.task,
    first.turn,
  ];
  const [recorded] = await session.run(RECORD_SEND, values);
  if (!recorded) {
    throw new TransactionRetry('The same message was sent at the same time');
  }
}

/** Lets no two strict sends of a messageId pass at the same time: each must see the other. */
export async function lockStrictKey(
  session: SqlSession,
  dialect: SqlDialect,
  { scope, key }: { scope: Scope; key: IdempotencyKey },
): Promise<void> {
  if (key.isStrict) {
    await dialect.lock(session, messageKeyOf(scope, key));
  }
}
