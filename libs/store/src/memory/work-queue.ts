import { AgentTurns } from './agent-turns.js';
import { type TaskEntry } from './task-entry.js';

/** The tasks that are due or will be, by agent. */
export class WorkQueue {
  /** The agent that was served last is the last. */
  private readonly agents = new Map<string, AgentTurns>();

  get size(): number {
    let size = 0;
    for (const turns of this.agents.values()) {
      size += turns.size;
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
    const turns = this.agents.get(agent) ?? new AgentTurns();
    turns.place(entry, dueAt);
    this.agents.set(agent, turns);
  }

  remove(entry: TaskEntry): void {
    const { agent } = entry.scope;
    const turns = this.agents.get(agent);
    turns?.remove(entry);
    if (turns?.size === 0) {
      this.agents.delete(agent);
    }
  }

  /**
   * The task whose turn is next.
   *
   * @param room by agent; one that is missing has none
   */
  next(now: number, room: ReadonlyMap<string, number>): TaskEntry | undefined {
    for (const [agent, turns] of this.agents) {
      const entry = (room.get(agent) ?? 0) > 0 ? turns.next(now) : undefined;
      if (entry) {
        this.agents.delete(agent);
        this.agents.set(agent, turns);
        return entry;
      }
    }
    return undefined;
  }

  /** When the first task of these agents is due, milliseconds. */
  firstDueAt(agents: readonly string[]): number | undefined {
    const times = agents
      .map((agent) => this.agents.get(agent)?.firstDueAt)
      .filter((time) => time !== undefined);
    return times.length > 0 ? Math.min(...times) : undefined;
  }
}
