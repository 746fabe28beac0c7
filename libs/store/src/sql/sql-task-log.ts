import {
  type Accepted,
  type AppendEvents,
  type CreateTask,
  type ListQuery,
  type LoadOptions,
  type Purged,
  type ReadRange,
  type RetentionPolicy,
  type TaskLog,
  type TaskVersion,
} from '../log/task-log.js';
import { draftContinuation } from '../log/draft-event.js';
import { type StoredEvent, type TaskEventKind } from '../log/task-event.js';
import { type TaskRecord } from '../log/task-record.js';
import { type Page } from '../page.js';
import { type CallContext, mayAccess } from '../scope.js';
import { appendEvents } from './append-events.js';
import { fromColumn, scopeOf, toColumn } from './columns.js';
import { createTask } from './create-task.js';
import { toStoredEvent } from './event-row.js';
import { listTasks } from './list-tasks.js';
import { deleteTask, purgeTasks } from './removal.js';
import { MAX_NEW_WITHIN_MS } from '../push/origin-limits.js';
import { FORGET_ALL_NEW_ORIGINS, FORGET_ORIGINS } from './origin-statements.js';
import { type SnapshotWriter } from './snapshot-writer.js';
import { type SqlDialect } from './sql-dialect.js';
import { foldRows, loadPast, toRecord } from './task-reader.js';
import { toTaskRow } from './task-row.js';
import {
  FIND_TASK,
  FIND_VERSIONS,
  LOAD_TASK,
  READ_EVENTS,
} from './task-statements.js';
import { type Transactions, unlessAborted } from './transactions.js';

/** What columns for positions and limits can hold. */
const MAX_INT = 2 ** 31 - 1;

/** Events that begin no turn. */
const PLAIN_KINDS: readonly TaskEventKind[] = [
  'statusUpdate',
  'artifactUpdate',
  'artifactEnd',
  'step',
  'announce',
  'reply',
];

/** What the parts of a store on a database work with. */
export interface SqlParts {
  readonly transactions: Transactions;
  readonly dialect: SqlDialect;
  readonly snapshots: SnapshotWriter;
  /** Is told what an operator should know. */
  readonly onWarning: (message: string) => void;
}

/** The event logs in a database. */
export class SqlTaskLog implements TaskLog {
  constructor(private readonly parts: SqlParts) {}

  async create(command: CreateTask, context: CallContext): Promise<Accepted> {
    if (!mayAccess(context.access, command.scope)) {
      throw new TypeError('A task is created in the scope of its caller');
    }
    const { dialect, transactions, snapshots } = this.parts;
    const { accepted, row } = await transactions.write(
      (session) => createTask({ session, dialect }, command),
      context,
    );
    snapshots.refresh(row, context);
    return accepted;
  }

  async append(command: AppendEvents, context: CallContext): Promise<Accepted> {
    return (
      (await this.appendPlainly(command, context)) ??
      (await this.appendInTransaction(command, context))
    );
  }

  /** Most appends: chunks and status updates of the turn. */
  private async appendPlainly(
    command: AppendEvents,
    context: CallContext,
  ): Promise<Accepted | undefined> {
    const { dialect, snapshots } = this.parts;
    if (!dialect.appendPlainly || !isPlain(command, context)) {
      return undefined;
    }
    const drafts = draftContinuation(command.events);
    const outcome = await unlessAborted(
      dialect.appendPlainly({ command, drafts }, context),
      context.signal,
    );
    snapshots.refresh(outcome?.row, context);
    return outcome?.accepted;
  }

  private async appendInTransaction(
    command: AppendEvents,
    context: CallContext,
  ): Promise<Accepted> {
    const { dialect, transactions, snapshots } = this.parts;
    const { accepted, row } = await transactions.write(
      (session) => appendEvents({ session, dialect }, command, context.access),
      context,
    );
    const endsTurn = command.then === 'endTurn';
    snapshots.refresh(row, context, { endsTurn });
    return accepted;
  }

  load(
    taskId: string,
    options: LoadOptions,
    context: CallContext,
  ): Promise<TaskRecord | undefined> {
    const { asOf, includeArtifacts = true } = options;
    const { transactions, snapshots } = this.parts;
    return transactions.read(async (session) => {
      const values = [toColumn(taskId), includeArtifacts];
      const [row] = await session.run(LOAD_TASK, values);
      if (!row || !mayAccess(context.access, scopeOf(row))) {
        return undefined;
      }
      if (asOf !== undefined && asOf > 0 && asOf < Number(row.version)) {
        return loadPast(session, { row, asOf }, options);
      }
      const [folded] = await foldRows(session, [row], options);
      if (!folded) {
        return undefined;
      }
      snapshots.complete(folded);
      return toRecord(folded, options);
    }, context);
  }

  read(
    taskId: string,
    { after, limit, maxBytes = Number.MAX_SAFE_INTEGER }: ReadRange,
    context: CallContext,
  ): Promise<readonly StoredEvent[]> {
    return this.parts.transactions.read(async (session) => {
      const [found] = await session.run(FIND_TASK, [toColumn(taskId)]);
      const row = found && toTaskRow(found);
      if (!row || !mayAccess(context.access, row.scope)) {
        return [];
      }
      if (after >= row.version || limit <= 0) {
        return [];
      }
      const values = [
        row.num,
        Math.max(0, after),
        Math.min(limit, MAX_INT),
        Math.min(maxBytes, Number.MAX_SAFE_INTEGER),
      ];
      return (await session.run(READ_EVENTS, values)).map(toStoredEvent);
    }, context);
  }

  async versions(
    taskIds: readonly string[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, TaskVersion>> {
    if (taskIds.length === 0) {
      return new Map();
    }
    return this.parts.transactions.read(async (session) => {
      const ids = JSON.stringify(taskIds.map(toColumn));
      const rows = await session.run(FIND_VERSIONS, [ids]);
      return new Map(
        rows
          .filter((row) => mayAccess(context.access, scopeOf(row)))
          .map((row) => [
            fromColumn(row.id),
            {
              version: Number(row.version),
              isFinished: row.finished_at !== null,
            },
          ]),
      );
    }, context);
  }

  async list(
    query: ListQuery,
    context: CallContext,
  ): Promise<Page<TaskRecord>> {
    const { transactions, snapshots } = this.parts;
    const { items, ...page } = await transactions.read(
      (session) => listTasks(session, query, context.access),
      context,
    );
    items.forEach((task) => snapshots.complete(task));
    return { ...page, items: items.map((task) => toRecord(task, query)) };
  }

  delete(taskId: string, context: CallContext): Promise<boolean> {
    return this.parts.transactions.write(
      (session) => deleteTask(session, taskId, context.access),
      context,
    );
  }

  async purge(policy: RetentionPolicy): Promise<Purged> {
    const { transactions } = this.parts;
    const purged = await transactions.write((session) =>
      purgeTasks(session, policy),
    );
    // By itself: whoever ends a delivery locks the task first, and its origin last.
    await transactions.write((session) => session.run(FORGET_ORIGINS));
    await transactions.write((session) =>
      session.run(FORGET_ALL_NEW_ORIGINS, [MAX_NEW_WITHIN_MS]),
    );
    return purged;
  }
}

/** Whether an append changes nothing but the log, the status and the lease. */
function isPlain(
  { taskId, events, fence, ...rest }: AppendEvents,
  { transaction }: CallContext,
): boolean {
  const { then, idempotency, push, claim } = rest;
  return (
    events.length > 0 &&
    (fence === undefined || fence.taskId === taskId) &&
    (then ?? idempotency ?? push ?? claim ?? transaction) === undefined &&
    events.every(({ body }) => PLAIN_KINDS.includes(body.kind))
  );
}
