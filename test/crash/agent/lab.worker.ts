import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { A2AWorker, type TaskContext } from '@nest-a2a/server';
import { type Failpoints } from '@nest-a2a/testing';
import { tell } from './notices.js';
import { chunkText, type TaskScript } from './task-script.js';

/** Does what the message says. Each status names the run, so that the log shows who wrote what. */
@A2AWorker()
export class LabWorker {
  constructor(private readonly failpoints: Failpoints) {}

  async handle(context: TaskContext): Promise<void> {
    const run = new ScriptedRun(context, this.failpoints);
    await run.perform(context.dataParts[0] as unknown as TaskScript);
  }
}

class ScriptedRun {
  private readonly id = randomUUID();
  private emits = 0;

  constructor(
    private readonly context: TaskContext,
    private readonly failpoints: Failpoints,
  ) {
    const { taskId, contextId, attempt } = context;
    tell({ say: 'run', taskId, contextId, run: this.id, attempt });
  }

  async perform(script: TaskScript): Promise<void> {
    const { context } = this;
    await this.emit(() => context.sendStatus(this.named('begun')));
    for (const step of script.steps) {
      await context.once(step, () => this.named(step));
    }
    for (let index = 0; index < script.chunks; index++) {
      await this.emitChunk(script, index);
      await this.pause(script.chunkDelayMs, script);
    }
    await this.pause(script.workMs, script);
    await this.emit(() => context.sendStatus(this.named('done')));
    await this.emit(() => this.end(script));
  }

  private async emitChunk(
    { artifactId, chunks }: TaskScript,
    index: number,
  ): Promise<void> {
    const lastChunk = index === chunks - 1;
    const options = { artifactId, lastChunk };
    await this.emit(() => this.context.emitText(chunkText(index), options));
  }

  private async end({ end }: TaskScript): Promise<void> {
    const { context } = this;
    switch (end) {
      case 'complete':
        return context.complete();
      case 'ask':
        return context.requestInput(this.named('question'));
      case 'fail':
        return context.fail(this.named('failed'));
      case 'throw':
        throw new Error('The script says so');
    }
  }

  private async emit(say: () => Promise<unknown>): Promise<void> {
    const { taskId, contextId } = this.context;
    this.emits += 1;
    const ids = [taskId, contextId];
    const passage = { ids, terminal: false, at: this.emits };
    await this.failpoints.pass('turn.before_emit', passage);
    await say();
    await this.failpoints.pass('turn.after_emit', passage);
  }

  private async pause(
    ms: number,
    { ignoresCancel }: TaskScript,
  ): Promise<void> {
    const { signal } = this.context;
    await setTimeout(ms, undefined, ignoresCancel ? {} : { signal });
  }

  private named(text: string): string {
    return `${text} run=${this.id} attempt=${this.context.attempt}`;
  }
}
