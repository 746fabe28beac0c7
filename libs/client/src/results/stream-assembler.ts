import {
  parseStreamResponse,
  type StreamResponse,
  type Task,
  TaskFold,
} from '@nest-a2a/protocol';
import { type StreamFrame } from '../bindings/client-binding.js';
import { StreamEvent } from './stream-event.js';
import { TaskResult } from './task-result.js';

/**
 * Turns the frames of one stream into events and puts the task together on the
 * way. A frame costs its own size. A stream should begin with the task; where
 * it does not, the task begins with what is known.
 */
export class StreamAssembler {
  #taskId = '';
  #fold: TaskFold | undefined;

  /** The task so far; `undefined` where there was none yet. Costs its size. */
  get task(): Task | undefined {
    return this.#fold?.snapshot();
  }

  /** Goes on from a task that says more than the events did. */
  restart(task: Task): void {
    this.#begin(task);
  }

  /** @throws A2AError `INVALID_AGENT_RESPONSE` for a frame that is none */
  next({ id, value }: StreamFrame): StreamEvent {
    const raw = parseStreamResponse(value);
    if ('message' in raw) {
      return new StreamEvent(raw, id, () => new TaskResult(raw.message));
    }
    const fold = this.#apply(raw);
    return new StreamEvent(raw, id, () => new TaskResult(fold.snapshot()));
  }

  #apply(raw: Exclude<StreamResponse, { message: unknown }>): TaskFold {
    if ('task' in raw) {
      return this.#begin(raw.task);
    }
    const { taskId, contextId } =
      'statusUpdate' in raw ? raw.statusUpdate : raw.artifactUpdate;
    const known = this.#taskId === taskId ? this.#fold : undefined;
    if ('statusUpdate' in raw) {
      const { status } = raw.statusUpdate;
      known?.applyStatus(raw.statusUpdate);
      return known ?? this.#begin({ id: taskId, contextId, status });
    }
    // An agent that sends results works on them.
    const status = { state: 'TASK_STATE_WORKING' as const };
    const fold = known ?? this.#begin({ id: taskId, contextId, status });
    fold.applyArtifact(raw.artifactUpdate);
    return fold;
  }

  #begin(task: Task): TaskFold {
    this.#taskId = task.id;
    this.#fold = new TaskFold(task);
    return this.#fold;
  }
}
