import { isInterrupted, isTerminal } from '@nest-a2a/protocol';
import { type NewEvent } from '@nest-a2a/store';

/** So many tasks are remembered, the newest. */
const MAX_TASKS = 10_000;

/** Knows the conversations of tasks, so that a failpoint may name either. */
export class PassageIds {
  private readonly contexts = new Map<string, string>();

  learn(taskId: string, contextId: string | undefined): void {
    if (contextId === undefined) {
      return;
    }
    this.contexts.set(taskId, contextId);
    for (const oldest of this.contexts.keys()) {
      if (this.contexts.size <= MAX_TASKS) break;
      this.contexts.delete(oldest);
    }
  }

  /** The ids that a failpoint for this task may name. */
  of(taskId: string): readonly string[] {
    const contextId = this.contexts.get(taskId);
    return contextId === undefined ? [taskId] : [taskId, contextId];
  }
}

/** Whether events end a task or make it wait for its caller. */
export function isEnding(events: readonly NewEvent[]): boolean {
  return events.some(({ body }) => {
    if (body.kind !== 'statusUpdate') {
      return false;
    }
    const { state } = body.statusUpdate.status;
    return isTerminal(state) || isInterrupted(state);
  });
}
