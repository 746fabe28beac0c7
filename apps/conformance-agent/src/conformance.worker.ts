import { setTimeout } from 'node:timers/promises';
import { A2AWorker, type TaskContext, type Worker } from '@nest-a2a/server';
import { scriptFor } from './scripts.js';

/** Does what the id of a message says. */
@A2AWorker({ directReplies: true })
export class ConformanceWorker implements Worker {
  handle(context: TaskContext): Promise<void> {
    const { messageId, signal } = context;
    return scriptFor(messageId)(context, (ms) => this.pause(ms, signal));
  }

  protected pause(ms: number, signal: AbortSignal): Promise<void> {
    return setTimeout(ms, undefined, { signal });
  }
}
