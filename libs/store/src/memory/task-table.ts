import { type StoredEvent } from '../log/task-event.js';
import { type Access, mayAccess } from '../scope.js';
import { StoreError } from '../store-error.js';
import { type DraftEvent } from '../log/draft-event.js';
import { IdempotencyTable } from './idempotency-table.js';
import { MemoryContextStore } from './memory-context-store.js';
import { OriginCensus } from './origin-census.js';
import { type PushEntry } from './push-entry.js';
import { PushQueue } from './push-queue.js';
import { TaskCatalog } from './task-catalog.js';
import { type TaskEntry } from './task-entry.js';
import { TimeIndex } from './time-index.js';
import { WorkQueue } from './work-queue.js';

/**
 * All tasks and everything that is kept by them: what changes one of these
 * changes the others here, before anybody else runs. So a change is one commit.
 */
export class TaskTable {
  readonly catalog = new TaskCatalog();
  readonly finished = new TimeIndex<TaskEntry>();
  readonly work = new WorkQueue();
  readonly push = new PushQueue();
  readonly origins = new OriginCensus();
  /** The configurations for which something is to be sent once more. */
  readonly redelivered = new Set<PushEntry>();
  readonly idempotency = new IdempotencyTable();
  readonly contexts = new MemoryContextStore((id) => this.entries.get(id));
  private readonly entries = new Map<string, TaskEntry>();

  has(taskId: string): boolean {
    return this.entries.has(taskId);
  }

  /** A task that the caller may touch. */
  find(taskId: string, access: Access): TaskEntry | undefined {
    const entry = this.entries.get(taskId);
    return entry && mayAccess(access, entry.scope) ? entry : undefined;
  }

  /** @throws StoreError `TASK_NOT_FOUND` */
  require(taskId: string, access: Access): TaskEntry {
    const entry = this.find(taskId, access);
    if (!entry) {
      throw new StoreError('TASK_NOT_FOUND', 'There is no such task');
    }
    return entry;
  }

  add(entry: TaskEntry): void {
    this.entries.set(entry.id, entry);
    this.contexts.join(entry);
  }

  /** Continues a log, and makes the webhooks due that its events are for. */
  write(
    entry: TaskEntry,
    drafts: readonly DraftEvent[],
    { at, epoch }: { at: number; epoch: number },
  ): readonly StoredEvent[] {
    const { version: before } = entry;
    const events = entry.append(drafts, { at, epoch });
    this.catalog.place(entry);
    if (entry.finishedAt !== undefined) {
      this.finished.set(entry, entry.finishedAt);
    }
    for (const config of entry.configs.values()) {
      if (events.some((event) => config.isWokenBy(event))) {
        this.push.change(config, () => config.wake(at, before));
      }
    }
    this.work.place(entry);
    return events;
  }

  /** Removes a task and everything that is kept by it. */
  remove(entry: TaskEntry): void {
    this.entries.delete(entry.id);
    this.catalog.remove(entry);
    this.finished.delete(entry);
    this.work.remove(entry);
    this.contexts.leave(entry);
    for (const config of entry.configs.values()) {
      this.forgetConfig(config);
    }
    for (const send of entry.sends) {
      this.idempotency.forget(send);
    }
  }

  /** Delivers nothing more for a configuration. */
  forgetConfig(config: PushEntry): void {
    this.push.remove(config);
    this.origins.remove(config);
    this.redelivered.delete(config);
  }

  /** How much there is of what, for diagnosis. Without tasks everything is 0. */
  counts(): Readonly<Record<string, number>> {
    return {
      tasks: this.entries.size,
      listed: this.catalog.size,
      finished: this.finished.size,
      due: this.work.size,
      deliveries: this.push.size,
      redeliveries: this.redelivered.size,
      origins: this.origins.size,
      sends: this.idempotency.size,
      conversations: this.contexts.size,
    };
  }
}
