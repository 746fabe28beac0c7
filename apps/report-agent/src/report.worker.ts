import { setTimeout } from 'node:timers/promises';
import { A2AWorker, type TaskContext, type Worker } from '@nest-a2a/server';

/** Takes its time, as a real report would. */
@A2AWorker()
export class ReportWorker implements Worker {
  async handle(context: TaskContext): Promise<void> {
    const { signal } = context;
    await context.sendStatus('Gathering data...');
    await setTimeout(2_000, undefined, { signal });
    await context.sendStatus('Generating report...');
    await setTimeout(2_000, undefined, { signal });
    await context.complete('Report: Q1 revenue was 4.2M, up 15% YoY.');
  }
}
