import { DueQueue } from './due-queue.js';
import { type TaskEntry } from './task-entry.js';

/** The tasks that are due or will be, by agent. */
export class WorkQueue {
  private readonly agents = new Map<string, DueQueue<TaskEntry>>();

  get size(): number {
    let size = 0;
    for (const queue of this.agents.values()) {
      size += queue.size;
    }
    return size + this.agents.size;
  }

  /** Puts a task where the state of its work says. */
  place(entry: TaskEntry): void {
    const { dueAt } = entry.work;
    if (dueAt === undefined) {
      this.remove(entry);
      return;
    }
    const { agent } = entry.scope;
    const queue = this.agents.get(agent) ?? new DueQueue<TaskEntry>();
    queue.set(entry, dueAt);
    this.agents.set(agent, queue);
  }

  remove(entry: TaskEntry): void {
    const { agent } = entry.scope;
    const queue = this.agents.get(agent);
    queue?.delete(entry);
    if (queue?.size === 0) {
      this.agents.delete(agent);
    }
  }

  /** The task of these agents that is due first, or will be. */
  first(agents: readonly string[]): TaskEntry | undefined {
    const heads = agents
      .map((agent) => this.agents.get(agent)?.peek())
      .filter((head) => head !== undefined);
    return heads.length > 0
      ? heads.reduce((a, b) => (b.time < a.time ? b : a)).key
      : undefined;
  }
}
