import { DueQueue } from './due-queue.js';
import { type TaskEntry } from './task-entry.js';

/** The tasks of one agent that are due or will be. */
export class AgentTurns {
  private readonly all = new DueQueue<TaskEntry>();
  /** By tenant; the one that was served last is the last. */
  private readonly tenants = new Map<string, DueQueue<TaskEntry>>();

  get size(): number {
    return this.all.size;
  }

  /** When the first of them is due, milliseconds. */
  get firstDueAt(): number | undefined {
    return this.all.peek()?.time;
  }

  place(entry: TaskEntry, dueAt: number): void {
    const { tenant } = entry.scope;
    const queue = this.tenants.get(tenant) ?? new DueQueue<TaskEntry>();
    queue.set(entry, dueAt);
    this.tenants.set(tenant, queue);
    this.all.set(entry, dueAt);
  }

  remove(entry: TaskEntry): void {
    const { tenant } = entry.scope;
    const queue = this.tenants.get(tenant);
    queue?.delete(entry);
    if (queue?.size === 0) {
      this.tenants.delete(tenant);
    }
    this.all.delete(entry);
  }

  /** The longest due of the tenant that has waited for longest; that one has had its turn then. */
  next(now: number): TaskEntry | undefined {
    // Those in front that have nothing due have a turn that runs, so there are few.
    for (const [tenant, queue] of this.tenants) {
      const head = queue.peek();
      if (head && head.time <= now) {
        this.tenants.delete(tenant);
        this.tenants.set(tenant, queue);
        return head.key;
      }
    }
    return undefined;
  }
}
