import { type JsonValue } from '@nest-a2a/protocol';
import {
  type ContextStore,
  type PutContext,
  type StoredContext,
} from '../contexts/context-store.js';
import { type Scope } from '../scope.js';
import { StoreError } from '../store-error.js';
import { type Fence } from '../work/work-ledger.js';
import { keyOf } from './columns.js';
import { type SqlSession } from './sql-database.js';
import { statement } from './statement.js';
import { lockTask } from './task-writer.js';
import { type Transactions } from './transactions.js';
import { isHeld } from './work-state.js';

/** Parameters: key. */
const LOAD_CONTEXT = statement(
  'load_context',
  'select value, version from @context where context_key = $1',
);

/** Parameters: key. A task that stays as long as the transaction lasts. */
const HOLD_CONVERSATION = statement(
  'hold_conversation',
  'select num from @task where context_key = $1 limit 1 @share',
);

/** Parameters: key, value. No row where there is a value. */
const INSERT_CONTEXT = statement(
  'insert_context',
  `insert into @context (context_key, value, version) values ($1, $2, 1)
   on conflict do nothing returning version`,
);

/** Parameters: key, value, version. No row where it is another version. */
const REPLACE_CONTEXT = statement(
  'replace_context',
  `update @context set value = $2, version = version + 1
   where context_key = $1 and version = $3 returning version`,
);

/** The values of conversations in a database. */
export class SqlContextStore implements ContextStore {
  constructor(private readonly transactions: Transactions) {}

  load(scope: Scope, contextId: string): Promise<StoredContext | undefined> {
    return this.transactions.read(async (session) => {
      const [row] = await session.run(LOAD_CONTEXT, [keyOf(scope, contextId)]);
      return row && toStored(String(row.value), Number(row.version));
    });
  }

  put(scope: Scope, command: PutContext): Promise<StoredContext> {
    const { contextId, expectedVersion, fence } = command;
    const key = keyOf(scope, contextId);
    const value = JSON.stringify(command.value);
    return this.transactions.write(async (session) => {
      await (fence
        ? lockTurn(session, { fence, key })
        : holdConversation(session, key));
      const [written] =
        expectedVersion === 0
          ? await session.run(INSERT_CONTEXT, [key, value])
          : await session.run(REPLACE_CONTEXT, [key, value, expectedVersion]);
      if (!written) {
        throw new StoreError(
          'VERSION_CONFLICT',
          `The value of the conversation is no longer at version ${expectedVersion}`,
        );
      }
      return toStored(value, Number(written.version));
    });
  }
}

/**
 * Locks the task of a turn, so that nobody takes the turn over, or removes the
 * task and the value with it, before the value is written.
 */
async function lockTurn(
  session: SqlSession,
  { fence, key }: { readonly fence: Fence; readonly key: string },
): Promise<void> {
  const { taskId, epoch } = fence;
  const row = (await lockTask(session, taskId, 'system'))?.row;
  if (row?.contextKey !== key || !isHeld(row.work, epoch)) {
    throw new StoreError(
      'FENCE_LOST',
      `The lease of epoch ${epoch} on task ${taskId} is lost`,
    );
  }
}

/** Keeps one task of a conversation from being removed, and the value with it. */
async function holdConversation(
  session: SqlSession,
  key: string,
): Promise<void> {
  const held = await session.run(HOLD_CONVERSATION, [key]);
  // The task that was chosen may have been removed while we waited for it; another one is as good.
  if (
    held.length === 0 &&
    (await session.run(HOLD_CONVERSATION, [key])).length === 0
  ) {
    throw new StoreError(
      'TASK_NOT_FOUND',
      'The conversation has no task that could keep a value',
    );
  }
}

function toStored(json: string, version: number): StoredContext {
  return { value: JSON.parse(json) as JsonValue, version };
}
