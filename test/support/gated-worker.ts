import { type TaskContext, type Worker } from '@nest-a2a/server';
import { type Gate } from './gate.js';

/** Works until the test opens the gate that it has put there for the text, and counts the turns that run at a time. */
export class GatedWorker implements Worker {
  readonly gates = new Map<string, Gate>();
  running = 0;
  most = 0;
  done = 0;

  async handle(context: TaskContext): Promise<void> {
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    await this.gates.get(context.userText)?.pass();
    this.running -= 1;
    await context.complete();
    this.done += 1;
  }
}
