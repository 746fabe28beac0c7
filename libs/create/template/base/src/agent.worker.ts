import { A2AWorker, type TaskContext, type Worker } from '@nest-a2a/server';

/** The agent: gets one message at a time, and answers through the context. */
@A2AWorker()
export class AgentWorker implements Worker {
  async handle(ctx: TaskContext): Promise<void> {
    await ctx.sendStatus('Listening...');
    await ctx.complete(`You said: ${ctx.userText}`);
  }
}
