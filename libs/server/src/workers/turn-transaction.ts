import { type AsyncLocalStorage } from 'node:async_hooks';
import { type Clock } from '@nest-a2a/store';
import { type TransactionRunner } from './transaction-runner.js';
import { type TurnDraft } from './turn-draft.js';
import { type TurnEmitter } from './turn-emitter.js';
import { type TurnLog } from './turn-log.js';
import { TurnError } from './turn.errors.js';

/** What a transaction works with. */
export interface TurnTransactionParts {
  readonly log: TurnLog;
  readonly emitter: TurnEmitter;
  readonly clock: Clock;
  /** Which attempt the code belongs to that runs. */
  readonly inside: AsyncLocalStorage<TransactionAttempt>;
  /** Of the turn. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Told of an error after the commit: the worker is not. */
  onLateError(error: unknown): void;
}

/** How the host runs a transaction. */
export interface HostRun<Tx> {
  readonly run: TransactionRunner<Tx>;
  /** Whether it resolves only when the database has confirmed the commit. */
  readonly isConfirmed: boolean;
}

/** What something was rejected with. */
interface Failure {
  readonly error: unknown;
}

/** One run of the host's work. A host that tries again has several, one after the other. */
export interface TransactionAttempt {
  /** Whose it is: work of one turn may lead to another turn. */
  readonly owner: object;
  readonly draft: TurnDraft;
  readonly undo: (() => void)[];
  /** Whether what is said inside still goes into the draft. */
  isWorking: boolean;
  /** The draft on its way into the transaction. */
  writing?: Promise<void>;
  isWritten: boolean;
  /** Why it is not committed, where the host does not say. */
  failure?: Failure;
  /** Why what is said inside is refused from now on. */
  stopped?: TurnError;
}

/**
 * One transaction of the host.
 *
 * States: `working` (the host works, what the turn says is kept back) → `ending`
 * (what was kept back is written into the transaction, and the host commits;
 * nobody can stop it any more) → `finished`. A transaction that is stopped while
 * it is working is finished at once: its host finds out when it wants to end
 * it. Whether one that is ending was committed is read in the log of the task,
 * since a commit may count whose answer was lost; but not where the database has
 * confirmed it: the worker still holds its connection then, and the read may
 * need one of the same pool. For the same reason nobody waits for ever.
 */
export class TurnTransaction {
  private attempt: TransactionAttempt | undefined;
  private stopped: TurnError | undefined;
  private conclusion: Promise<boolean> | undefined;
  private isFinished = false;
  private noteStopped: () => void = () => undefined;
  private readonly untilStopped = new Promise<void>((resolve) => {
    this.noteStopped = resolve;
  });
  /** Of a host that says for sure: settles when it is known what became of the transaction. */
  private confirmed: Promise<void> | undefined;

  /**
   * @param owner of its attempts
   * @param onFinish called once, when others may speak again
   */
  constructor(
    private readonly parts: TurnTransactionParts,
    private readonly owner: object,
    private readonly onFinish: () => void,
  ) {}

  /** Resolves when it is committed; rejects when it is not. */
  async run<T, Tx>(
    { run, isConfirmed }: HostRun<Tx>,
    work: (transaction: Tx) => Promise<T>,
  ): Promise<T> {
    const { clock, timeoutMs } = this.parts;
    const cancel = clock.schedule(timeoutMs, () => {
      void this.stop(timedOut(timeoutMs));
    });
    try {
      await this.prepare();
      const done: { value?: T } = {};
      const runner = () =>
        run(async (client, transaction) => {
          delete done.value;
          done.value = await this.tryOnce(client, () => work(transaction));
        });
      const hosted = this.runHost(runner, isConfirmed);
      if (isConfirmed) this.confirmed = hosted;
      await hosted;
      return done.value as T;
    } finally {
      cancel();
      this.finish(false);
    }
  }

  /** Refuses what is not yet being written. Resolves when it is known what became of it, and never rejects. */
  async stop(reason: TurnError): Promise<void> {
    this.stopped ??= reason;
    this.noteStopped();
    const { attempt } = this;
    if (attempt?.writing) {
      await attempt.writing.catch(() => undefined);
      const conclusion = this.confirmed ?? this.conclude(attempt);
      await conclusion.catch(() => this.finish(false));
    } else {
      if (attempt) attempt.stopped = this.stopped;
      this.finish(false);
    }
  }

  private async prepare(): Promise<void> {
    const { log, emitter } = this.parts;
    await Promise.race([log.untilWritten(), this.untilStopped]);
    emitter.assertOpen();
    this.assertNotStopped();
  }

  private async runHost(
    run: () => Promise<unknown>,
    isConfirmed: boolean,
  ): Promise<void> {
    const failure = await failureOf(run);
    const { attempt } = this;
    if (!attempt) {
      throw failure ? failure.error : neverCalled();
    }
    if (isConfirmed && !failure) {
      return this.confirm(attempt);
    }
    const isCommitted = await this.conclude(attempt, !failure);
    if (!isCommitted) {
      const { error = this.stopped ?? notCommitted() } =
        failure ?? attempt.failure ?? {};
      throw error;
    }
    if (failure) {
      this.parts.onLateError(failure.error);
    }
  }

  private async tryOnce<T>(
    client: unknown,
    work: () => Promise<T>,
  ): Promise<T> {
    const attempt = this.beginAttempt();
    try {
      const value = await this.parts.inside.run(attempt, work);
      this.assertNotStopped();
      await this.write(attempt, client);
      return value;
    } catch (error) {
      attempt.failure = { error };
      throw error;
    }
  }

  private async write(
    attempt: TransactionAttempt,
    client: unknown,
  ): Promise<void> {
    this.assertMayEnd(attempt);
    attempt.isWorking = false;
    attempt.writing = attempt.draft.write(client);
    try {
      await attempt.writing;
      attempt.isWritten = true;
    } catch (error) {
      throw this.parts.log.reasonOf(error);
    }
  }

  private beginAttempt(): TransactionAttempt {
    this.assertNotStopped();
    if (this.isFinished) {
      throw new TypeError(
        'The function that runs the transaction has ended before its work',
      );
    }
    this.takeBack();
    const { log, emitter } = this.parts;
    const undo = [emitter.save()];
    this.attempt = {
      owner: this.owner,
      draft: log.beginDraft(),
      undo,
      isWorking: true,
      isWritten: false,
    };
    return this.attempt;
  }

  /** A turn that was told to stop no longer decides how the task ends. */
  private assertMayEnd({ draft }: TransactionAttempt): void {
    const { signal } = this.parts;
    if (draft.endsTurn && signal.aborted) {
      throw signal.reason;
    }
  }

  private assertNotStopped(): void {
    if (this.stopped) {
      throw this.stopped;
    }
  }

  /** Finds out whether it was committed. @param saysHost what counts where there is nothing to find in the log */
  private async conclude(
    { draft, isWritten }: TransactionAttempt,
    saysHost = false,
  ): Promise<boolean> {
    if (isWritten && draft.events.length > 0) {
      return (this.conclusion ??= this.look(draft));
    }
    this.finish(isWritten && saysHost);
    return isWritten && saysHost;
  }

  private async confirm({ draft }: TransactionAttempt): Promise<void> {
    await draft.confirm();
    this.finish(true);
  }

  /** Where that cannot be found out in time the turn is given up: whoever runs it next reads in the log what counts. */
  private async look(draft: TurnDraft): Promise<boolean> {
    const { clock, log, timeoutMs } = this.parts;
    const cancel = clock.schedule(timeoutMs, () => log.giveUp(unknownEnd()));
    try {
      const isCommitted = await draft.wasCommitted();
      if (isCommitted) await draft.confirm();
      this.finish(isCommitted);
      return isCommitted;
    } catch (error) {
      throw log.reasonOf(error);
    } finally {
      cancel();
    }
  }

  private finish(isCommitted: boolean): void {
    if (this.isFinished) {
      return;
    }
    this.isFinished = true;
    if (isCommitted && this.attempt) {
      this.parts.log.endDraft(this.attempt.draft, { isCommitted });
    } else {
      this.takeBack();
    }
    this.onFinish();
  }

  /** Nothing of the attempt counts. */
  private takeBack(): void {
    const { attempt } = this;
    if (attempt) {
      attempt.isWorking = false;
      this.parts.log.endDraft(attempt.draft, { isCommitted: false });
      attempt.undo.reverse().forEach((undo) => undo());
    }
  }
}

async function failureOf(
  run: () => Promise<unknown>,
): Promise<Failure | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return { error };
  }
}

function timedOut(timeoutMs: number): TurnError {
  return new TurnError(
    'TRANSACTION_TIMED_OUT',
    `The transaction was not done after ${timeoutMs} milliseconds (turn.transactionTimeoutMs)`,
  );
}

function unknownEnd(): TurnError {
  return new TurnError(
    'TURN_LOST',
    'Nobody knows whether the transaction was committed: its answer was lost, and the database is away',
  );
}

function neverCalled(): TypeError {
  return new TypeError(
    'The function that runs the transaction must call its argument, and wait for it',
  );
}

function notCommitted(): TypeError {
  return new TypeError(
    'The function that runs the transaction resolved, and the transaction was not committed: it must reject then',
  );
}
