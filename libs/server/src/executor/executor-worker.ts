import { type AgentExecutor } from '@a2a-js/sdk/server';
import { Logger } from '@nestjs/common';
import { type TaskContext } from '../workers/task-context.js';
import { type Worker } from '../workers/worker.js';
import { requestContextOf } from './request-context.js';
import { isCancellation, sayEvent } from './say-event.js';
import { TurnBus } from './turn-bus.js';

/**
 * Runs an `AgentExecutor` of the official SDK, `@a2a-js/sdk`, as a worker: a
 * class that extends it, decorated with `A2AWorker`, brings an agent over as it
 * is. What the executor publishes is said in the turn, in order, until it
 * returns; what it throws fails the task. A cancellation calls its `cancelTask`.
 * With `directReplies`, a message that it publishes first is answered without a
 * task.
 *
 * ```ts
 * @A2AWorker({ directReplies: true })
 * export class ReportWorker extends ExecutorWorker {
 *   constructor() {
 *     super(new ReportExecutor());
 *   }
 * }
 * ```
 */
export abstract class ExecutorWorker implements Worker {
  private readonly logger = new Logger('A2AWorker');

  constructor(private readonly executor: AgentExecutor) {}

  async handle(context: TaskContext): Promise<void> {
    const bus = new TurnBus();
    const executed = this.execute(context, bus);
    // Who waits for it comes later, or not at all.
    executed.catch(() => undefined);
    const stopListening = this.listen(context, bus);
    try {
      for await (const event of bus.events()) {
        await sayEvent(context, event);
        // As in the SDK: nobody waits for an executor that has cancelled its task.
        if (context.isCanceled && isCancellation(event)) return;
      }
    } finally {
      stopListening();
      bus.close();
    }
    await executed;
  }

  private async execute(context: TaskContext, bus: TurnBus): Promise<void> {
    try {
      await this.executor.execute(requestContextOf(context), bus);
    } finally {
      bus.close();
    }
  }

  /** @returns how to stop listening */
  private listen(context: TaskContext, bus: TurnBus): () => void {
    const { signal, taskId } = context;
    const stop = () => {
      if (context.isCanceled) {
        this.cancel(taskId, bus);
      } else {
        bus.close();
      }
    };
    signal.addEventListener('abort', stop, { once: true });
    return () => signal.removeEventListener('abort', stop);
  }

  private cancel(taskId: string, bus: TurnBus): void {
    Promise.resolve()
      .then(() => this.executor.cancelTask(taskId, bus))
      .catch((error: unknown) => {
        this.logger.error(
          `cancelTask failed for task ${taskId}`,
          error instanceof Error ? error.stack : String(error),
        );
      });
  }
}
