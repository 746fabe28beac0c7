import { A2AWorker, type TaskContext, type Worker } from '@nest-a2a/server';

/** Asks where to, and books that. */
@A2AWorker()
export class TravelWorker implements Worker {
  async handle(context: TaskContext): Promise<void> {
    if (context.history.length === 0) {
      return context.requestInput('Where to?');
    }
    await context.complete(`Booked: ${context.userText}`);
  }
}
