import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { A2AWorker, type TaskContext } from '@nest-a2a/server';
import { type Failpoints } from '@nest-a2a/testing';
import { tell } from './notices.js';
import { type Bookings } from './bookings.js';
import { BOOKED, chunkText, type TaskScript } from './task-script.js';
import { countVisit } from './visits.js';

/** What the worker works with. */
export interface LabWorkerParts {
  readonly failpoints: Failpoints;
  /** Missing where the runtime has no transactions of the application. */
  readonly bookings: Bookings | undefined;
}

/** Does what the message says. Each status names the run, so that the log shows who wrote what. */
@A2AWorker()
export class LabWorker {
  constructor(private readonly parts: LabWorkerParts) {}

  async handle(context: TaskContext): Promise<void> {
    const run = new ScriptedRun(context, this.parts);
    await run.perform(context.dataParts[0] as unknown as TaskScript);
  }
}

class ScriptedRun {
  private readonly id = randomUUID();
  private emits = 0;

  constructor(
    private readonly context: TaskContext,
    private readonly parts: LabWorkerParts,
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
    if (script.visitor !== undefined) {
      await countVisit(context, script.visitor);
    }
    if (script.books === 'step') await this.bookStep();
    for (let index = 0; index < script.chunks; index++) {
      await this.emitChunk(script, index);
      await this.pause(script.chunkDelayMs, script);
    }
    await this.pause(script.workMs, script);
    await this.emit(() => context.sendStatus(this.named('done')));
    await this.emit(() =>
      script.books === 'end' ? this.bookEnd() : this.end(script),
    );
  }

  /** The row and the step are stored together, however often the turn is run. */
  private async bookStep(): Promise<void> {
    const { context } = this;
    await this.parts.bookings?.inOneCommit(context, async (write) => {
      await context.once(BOOKED, async () => {
        await write(this.id);
        return this.named(BOOKED);
      });
    });
  }

  /** The row, what is said about it, and the end of the task are stored together. */
  private async bookEnd(): Promise<void> {
    const { context } = this;
    await this.parts.bookings?.inOneCommit(context, async (write) => {
      await write(this.id);
      await context.sendStatus(this.named(BOOKED));
      await context.complete();
    });
  }

  private async emitChunk(script: TaskScript, index: number): Promise<void> {
    const { artifactId, chunks } = script;
    const lastChunk = index === chunks - 1;
    const options = { artifactId, lastChunk };
    const text = chunkText(script, index);
    await this.emit(() => this.context.emitText(text, options));
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
    await this.parts.failpoints.pass('turn.before_emit', passage);
    await say();
    await this.parts.failpoints.pass('turn.after_emit', passage);
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
