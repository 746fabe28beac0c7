import { type AsyncLocalStorage } from 'node:async_hooks';
import {
  type CancelTimer,
  type Claim,
  type Fence,
  isStoreError,
} from '@nest-a2a/store';
import { type TurnEnd } from '../instrumentation/telemetry.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { Conversation } from './conversation.js';
import { InvalidDataError } from './data/data.errors.js';
import { restoreTurn } from './restore-turn.js';
import { TurnContext } from './turn-context.js';
import { TurnEmitter } from './turn-emitter.js';
import { TooManyAttempts, turnFailureOf } from './turn-failure.js';
import { TurnLog } from './turn-log.js';
import { type Outcome, TurnReporter } from './turn-reporter.js';
import { TurnSteps } from './turn-steps.js';
import { type TransactionAttempt } from './turn-transaction.js';
import { TurnTransactions } from './turn-transactions.js';
import { type TurnLogPorts } from './turn-writer.js';
import { TurnError, type TurnErrorCode } from './turn.errors.js';
import { type BoundWorker } from './worker.explorer.js';
import { isWorkerStream, runWorkerStream } from './worker-stream.js';

/** What is said of a run that could not be begun or ended. */
const UNFINISHED = 'UNFINISHED';

/** What a run works with. */
export interface TurnRunPorts extends TurnLogPorts {
  readonly worker: BoundWorker;
  readonly options: ResolvedOptions;
  /** Which transaction of the host the code belongs to that runs. */
  readonly inside: AsyncLocalStorage<TransactionAttempt>;
}

/**
 * One run of the worker for one message.
 *
 * A run is told to stop at most once: by a cancellation, by its time limit, by
 * the shutdown, or because it was taken over. The signal of the context aborts
 * then, and its reason says which. What follows:
 *
 * | told to stop | the worker may still | the run writes |
 * | --- | --- | --- |
 * | not at all | | what the worker says; FAILED where that is not an end |
 * | cancelled | clean up, until the grace period ends | CANCELED |
 * | timed out | nothing | FAILED |
 * | handed back | nothing | nothing: another run does |
 * | lost | nothing | nothing: another run did |
 *
 * A worker that goes on regardless is left behind: its calls are refused.
 */
export class TurnRun {
  private readonly reporter: TurnReporter;
  private readonly stopper = new AbortController();
  private readonly log: TurnLog;
  private readonly emitter: TurnEmitter;
  private readonly transactions: TurnTransactions;
  private readonly steps: TurnSteps;
  private readonly timers: CancelTimer[] = [];
  private failure: string | undefined;
  private leave: () => void = () => undefined;
  private readonly left = new Promise<Outcome>((resolve) => {
    this.leave = () => resolve({ kind: 'left' });
  });

  constructor(
    private readonly claim: Claim,
    private readonly ports: TurnRunPorts,
  ) {
    const { options, store, worker } = ports;
    this.log = new TurnLog(claim, ports, (lost) => this.stop(lost));
    this.emitter = new TurnEmitter(claim, this.log, {
      maxArtifactBytes: options.limits.artifactBytes,
      directReplies: worker.directReplies,
      now: () => store.now(),
    });
    this.reporter = new TurnReporter(claim);
    this.transactions = this.openTransactions();
    this.steps = new TurnSteps(this.emitter, this.transactions);
  }

  get fence(): Fence {
    return this.claim.fence;
  }

  get taskId(): string {
    return this.claim.fence.taskId;
  }

  /** Whether the lease must be kept. */
  get needsLease(): boolean {
    const hasEnded = this.emitter.hasEnded && !this.transactions.isOpen;
    return !hasEnded && !this.isOver;
  }

  /**
   * Runs the turn. Resolves, and never rejects, when the worker is done or has been left behind.
   *
   * @param traceparent the trace that it is part of
   */
  async run(traceparent?: string): Promise<TurnEnd> {
    this.log.continueTrace(traceparent);
    try {
      if (this.claim.isTakenOver) {
        await this.restore();
      }
      const refusal = this.refusal();
      const outcome = refusal ?? (await this.runWorker());
      await this.conclude(outcome);
    } catch (error) {
      this.failure = UNFINISHED;
      this.reporter.failed(
        'could not be begun or ended, its lease will expire',
        error,
      );
    } finally {
      this.timers.forEach((cancel) => cancel());
    }
    return this.end();
  }

  /** Somebody wants the task to be cancelled. */
  cancel(): void {
    const reason = new TurnError('TURN_CANCELED', 'The task was canceled');
    if (this.stop(reason)) {
      this.after(this.ports.options.cancelGraceMs, () => this.leave());
    }
  }

  /** The process shuts down: whoever takes the turn on next begins it anew. */
  handBack(): void {
    const reason = new TurnError(
      'TURN_HANDED_BACK',
      'The process shuts down; another one will run the turn',
    );
    if (this.stop(reason)) {
      this.log.close(reason);
    }
    this.leave();
  }

  /** The lease was lost. */
  lose(): void {
    const reason = new TurnError('TURN_LOST', 'The lease of the turn was lost');
    if (this.stop(reason)) {
      this.log.close(reason);
    }
  }

  private get stopCode(): TurnErrorCode | undefined {
    const { reason } = this.stopper.signal as { reason: unknown };
    return reason instanceof TurnError ? reason.code : undefined;
  }

  /** Whether others decide about the task now. */
  private get isOver(): boolean {
    return (
      this.stopCode === 'TURN_LOST' || this.stopCode === 'TURN_HANDED_BACK'
    );
  }

  private end(): TurnEnd {
    const { stopCode, failure } = this;
    const { ending = 'UNFINISHED' } = this.emitter;
    if (stopCode === 'TURN_LOST') {
      return { outcome: 'LOST' };
    }
    const outcome = stopCode === 'TURN_HANDED_BACK' ? 'HANDED_BACK' : ending;
    return { outcome, ...(failure !== undefined && { error: failure }) };
  }

  /** @returns whether it was not stopped before */
  private stop(reason: TurnError): boolean {
    if (this.stopper.signal.aborted) {
      return false;
    }
    this.stopper.abort(reason);
    if (reason.code !== 'TURN_CANCELED') {
      this.leave();
    }
    return true;
  }

  /** Why the worker is not asked at all. */
  private refusal(): Outcome | undefined {
    if (this.isOver) {
      return { kind: 'left' };
    }
    if (this.claim.isCancelRequested) {
      this.cancel();
      return { kind: 'left' };
    }
    const { maxAttempts } = this.ports.options.turn;
    return this.claim.attempt > maxAttempts
      ? { kind: 'threw', error: new TooManyAttempts(maxAttempts) }
      : undefined;
  }

  private async runWorker(): Promise<Outcome> {
    const { worker, options } = this.ports;
    const timeoutMs = worker.timeoutMs ?? options.turn.timeoutMs;
    if (timeoutMs !== undefined) {
      this.after(timeoutMs, () =>
        this.stop(new TurnError('TURN_TIMED_OUT', 'The turn took too long')),
      );
    }
    const handled = this.handle().then<Outcome, Outcome>(
      () => ({ kind: 'returned' }),
      (error: unknown) => ({ kind: 'threw', error }),
    );
    const outcome = await Promise.race([handled, this.left]);
    if (outcome.kind === 'left') {
      this.noteLeftBehind();
      void handled.then((late) => this.reporter.afterStop(late));
    }
    return outcome;
  }

  /** The caller cannot tell, but such a worker still holds what it has taken. */
  private noteLeftBehind(): void {
    if (this.stopCode === 'TURN_CANCELED') {
      this.reporter.failed(
        'did not stop although its task was canceled (cancelGraceMs)',
      );
    } else if (this.stopCode === 'TURN_LOST') {
      this.reporter.lost();
    } else if (this.stopCode === 'TURN_TIMED_OUT' && this.emitter.hasEnded) {
      this.reporter.failed(
        'did not return although it had ended its turn (timeoutMs)',
      );
    }
  }

  private async handle(): Promise<void> {
    await this.emitter.begin();
    const context = this.context();
    const worker = await this.ports.worker.resolve(context);
    const answer: unknown = await worker.handle(context);
    if (isWorkerStream(answer)) {
      await runWorkerStream(answer, context);
    }
  }

  private openTransactions(): TurnTransactions {
    const { store, options, clock, inside } = this.ports;
    return new TurnTransactions({
      host: store.hostTransactions,
      log: this.log,
      emitter: this.emitter,
      clock,
      inside,
      signal: this.stopper.signal,
      timeoutMs: options.turn.transactionTimeoutMs,
      onLateError: (error) =>
        this.reporter.failed('committed a transaction that failed then', error),
    });
  }

  private whyOver(): TurnError {
    const { reason } = this.stopper.signal as { reason: unknown };
    return reason instanceof TurnError
      ? reason
      : new TurnError(
          'TURN_ENDED',
          'The worker did not wait for its transaction: await withTransaction()',
        );
  }

  private context(): TurnContext {
    return new TurnContext({
      claim: this.claim,
      emitter: this.emitter,
      steps: this.steps,
      transactions: this.transactions,
      conversation: this.conversation(),
      limits: this.ports.options.limits,
      signal: this.stopper.signal,
      onRefused: (error) => this.noteRefusal(error),
    });
  }

  private conversation(): Conversation {
    const { store, clock } = this.ports;
    return new Conversation(this.claim, {
      contexts: store.contexts,
      clock,
      assertOpen: () => this.emitter.assertOpen(),
      reasonOf: (error) => this.reasonOfRefusedValue(error),
    });
  }

  /** The end of a turn gives its lease back: then a lost one says nothing else. */
  private reasonOfRefusedValue(error: unknown): unknown {
    if (isStoreError(error, 'FENCE_LOST')) {
      this.emitter.assertNotEnded();
    }
    return this.log.reasonOf(error);
  }

  /** Takes in what an earlier run of this turn has left. Whoever is told meanwhile that others decide does without. */
  private async restore(): Promise<void> {
    const { store, clock } = this.ports;
    const assertOpen = () => this.log.assertOpen();
    const waiting = { log: store.log, clock, assertOpen };
    const { artifacts } = this.emitter;
    try {
      const { steps } = this;
      await restoreTurn(this.claim, waiting, { steps, artifacts });
    } catch (error) {
      if (!this.isOver) throw error;
    }
  }

  private async conclude(outcome: Outcome): Promise<void> {
    const transactionsEnded = this.transactions.stop(this.whyOver());
    if (this.stopCode === 'TURN_HANDED_BACK') {
      return this.ports.store.work.release(this.fence);
    }
    if (this.isOver) {
      return;
    }
    await transactionsEnded;
    if (this.emitter.hasEnded) {
      return this.reporter.afterEnd(outcome);
    }
    await this.endFor(outcome).catch((error: unknown) => {
      // Somebody else ended the task in the meantime, which is an end as well.
      if (!(error instanceof TurnError && error.code === 'TURN_LOST')) {
        throw error;
      }
    });
  }

  private endFor(outcome: Outcome): Promise<void> {
    if (this.stopCode === 'TURN_CANCELED') {
      return this.emitter.end('TASK_STATE_CANCELED');
    }
    if (outcome.kind === 'threw' && outcome.error instanceof InvalidDataError) {
      const said = { parts: [{ text: outcome.error.message }] };
      return this.emitter.end('TASK_STATE_REJECTED', { said });
    }
    const isTimedOut = this.stopCode === 'TURN_TIMED_OUT';
    const failure = turnFailureOf(outcome, { isTimedOut });
    this.failure = failure.type;
    this.reporter.failed(failure.note, failure.error);
    const said = { parts: [{ text: failure.text }] };
    return this.emitter.end('TASK_STATE_FAILED', { said });
  }

  /** What follows from being told to stop is refused without a word. */
  private noteRefusal(error: unknown): void {
    if (!this.stopper.signal.aborted) {
      this.reporter.refused(error);
    }
  }

  private after(delayMs: number, callback: () => void): void {
    this.timers.push(this.ports.clock.schedule(delayMs, callback));
  }
}
