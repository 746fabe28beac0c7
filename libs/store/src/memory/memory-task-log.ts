import { type Clock } from '../clock.js';
import { beginsTurn, type StoredEvent } from '../log/task-event.js';
import {
  type Accepted,
  type AppendEvents,
  type CreateTask,
  type IdempotencyKey,
  type ListQuery,
  type LoadOptions,
  type Purged,
  type ReadRange,
  type RetentionPolicy,
  type TaskLog,
  type TaskVersion,
} from '../log/task-log.js';
import { type TaskRecord } from '../log/task-record.js';
import { type Page } from '../page.js';
import {
  type Access,
  type CallContext,
  mayAccess,
  type Scope,
} from '../scope.js';
import { StoreError } from '../store-error.js';
import { type Claim } from '../work/work-ledger.js';
import {
  draftBeginning,
  draftContinuation,
  type DraftEvent,
} from '../log/draft-event.js';
import { type PushRegistry } from './push-registry.js';
import { selectExpired } from './retention.js';
import { TaskEntry } from './task-entry.js';
import { type TaskTable } from './task-table.js';

/** The event logs, in memory. Each method changes things only after its last check, and all at once. */
export class MemoryTaskLog implements TaskLog {
  constructor(
    private readonly tasks: TaskTable,
    private readonly registry: PushRegistry,
    private readonly clock: Clock,
  ) {}

  async create(command: CreateTask, context: CallContext): Promise<Accepted> {
    const { taskId, scope } = command;
    if (!mayAccess(context.access, scope)) {
      throw new TypeError('A task is created in the scope of its caller');
    }
    const replay = this.replay(scope, command.idempotency);
    if (replay) {
      return replay;
    }
    if (this.tasks.has(taskId)) {
      throw new StoreError('VERSION_CONFLICT', `Task ${taskId} exists already`);
    }
    const entry = new TaskEntry(command);
    this.registry.assertFits(entry, command.push);
    const drafts = draftBeginning(command, command.events);
    this.tasks.add(entry);
    return this.write(entry, drafts, command);
  }

  async append(command: AppendEvents, context: CallContext): Promise<Accepted> {
    if (context.transaction !== undefined) {
      throw new TypeError('Memory takes part in no transaction of the host');
    }
    const { taskId, fence, then } = command;
    const entry = this.tasks.find(taskId, context.access);
    const scope = scopeOfSend(context.access, entry);
    const replay = scope && this.replay(scope, command.idempotency);
    if (replay) {
      return replay;
    }
    const found = entry ?? this.tasks.require(taskId, context.access);
    assertMayAppend(found, command);
    this.registry.assertFits(found, command.push);
    if (then && !fence) {
      throw new TypeError('Only the owner of a turn can end it');
    }
    return this.write(found, draftContinuation(command.events), command);
  }

  async load(
    taskId: string,
    options: LoadOptions,
    context: CallContext,
  ): Promise<TaskRecord | undefined> {
    return this.tasks.find(taskId, context.access)?.record(options);
  }

  async read(
    taskId: string,
    range: ReadRange,
    context: CallContext,
  ): Promise<readonly StoredEvent[]> {
    return this.tasks.find(taskId, context.access)?.read(range) ?? [];
  }

  async versions(
    taskIds: readonly string[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, TaskVersion>> {
    const versions = new Map<string, TaskVersion>();
    for (const taskId of taskIds) {
      const entry = this.tasks.find(taskId, context.access);
      if (entry) {
        const { version, isFinished } = entry;
        versions.set(taskId, { version, isFinished });
      }
    }
    return versions;
  }

  async list(
    query: ListQuery,
    context: CallContext,
  ): Promise<Page<TaskRecord>> {
    return this.tasks.catalog.list(query, context.access);
  }

  async delete(taskId: string, context: CallContext): Promise<boolean> {
    const entry = this.tasks.find(taskId, context.access);
    if (entry) {
      this.tasks.remove(entry);
    }
    return entry !== undefined;
  }

  async purge(policy: RetentionPolicy): Promise<Purged> {
    const { expired, hasMore } = selectExpired(this.tasks.finished, policy);
    for (const entry of expired) {
      this.tasks.remove(entry);
    }
    const now = this.clock.now();
    this.tasks.push.forgetIdle(now);
    this.tasks.origins.forgetOld(now);
    return { taskIds: expired.map(({ id }) => id), hasMore };
  }

  private replay(
    scope: Scope,
    key: IdempotencyKey | undefined,
  ): Accepted | undefined {
    return key && this.tasks.idempotency.replay(scope, key);
  }

  /** From here on nothing is refused any more. */
  private write(
    entry: TaskEntry,
    drafts: readonly DraftEvent[],
    command: CreateTask | AppendEvents,
  ): Accepted {
    const at = this.clock.now();
    if (command.push) {
      // Before the events: they are for it already.
      this.registry.register(entry, command.push.config);
    }
    const epoch = fenceOf(command)?.epoch ?? 0;
    const events = this.tasks.write(entry, drafts, { at, epoch });
    if ('then' in command && command.then && !entry.isFinished) {
      entry.work.endTurn(at);
    }
    const begun = events.find(({ body }) => beginsTurn(body.kind));
    this.recordSend(entry, command.idempotency, begun);
    const claim = begun && this.claim(entry, command, at);
    this.tasks.work.place(entry);
    const { version } = entry;
    return { kind: 'accepted', version, events, ...(claim && { claim }) };
  }

  private recordSend(
    entry: TaskEntry,
    key: IdempotencyKey | undefined,
    begun: StoredEvent | undefined,
  ): void {
    if (key) {
      const turn = begun?.seq ?? entry.work.turn;
      const first = { taskId: entry.id, turn };
      const send = this.tasks.idempotency.record(entry.scope, key, first);
      entry.sends.push(send);
    }
  }

  private claim(
    entry: TaskEntry,
    { claim }: CreateTask | AppendEvents,
    now: number,
  ): Claim | undefined {
    return claim && entry.work.isDue(now) ? entry.claim(claim, now) : undefined;
  }
}

/** Whose sends are remembered: the caller's, and for the runtime itself the owner's of the task. */
function scopeOfSend(
  access: Access,
  entry: TaskEntry | undefined,
): Scope | undefined {
  return access === 'system' ? entry?.scope : access;
}

function fenceOf(command: CreateTask | AppendEvents) {
  return 'fence' in command ? command.fence : undefined;
}

function assertMayAppend(
  { id, version, isFinished, work }: TaskEntry,
  { fence, expectedVersion }: AppendEvents,
): void {
  if (isFinished) {
    throw new StoreError('TASK_FINISHED', `Task ${id} has ended`);
  }
  if (fence && !(fence.taskId === id && work.isHeld(fence.epoch))) {
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
