import { A2AWorker, type TaskContext, type Worker } from '@nest-a2a/server';
import { Words } from './words.service.js';

@A2AWorker()
export class GreeterWorker implements Worker {
  constructor(private readonly words: Words) {}

  async handle(ctx: TaskContext): Promise<void> {
    await ctx.sendStatus('Thinking');
    for (const word of this.words.greetingFor(ctx.userText)) {
      await ctx.emitText(word);
    }
    await ctx.complete();
  }
}
