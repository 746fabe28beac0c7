import { type HostTransactions } from '@nest-a2a/store';
import { type TransactionRunner } from './transaction-runner.js';
import {
  type HostRun,
  type TransactionAttempt,
  TurnTransaction,
  type TurnTransactionParts,
} from './turn-transaction.js';
import { TurnError } from './turn.errors.js';

/** What the transactions of a turn work with. */
export interface TurnTransactionsParts extends TurnTransactionParts {
  /** Missing where the runtime has no transactions that the host can take part in. */
  readonly host: HostTransactions | undefined;
}

/**
 * The transactions of the host that a turn is part of, one after the other.
 * What is said inside of one counts with it; what is said elsewhere waits until
 * it has ended, so that the log keeps the order in which it is stored.
 */
export class TurnTransactions {
  private readonly waiting: (() => void)[] = [];
  private open: TurnTransaction | undefined;

  constructor(private readonly parts: TurnTransactionsParts) {}

  /** Whether what the turn has said may still be taken back. */
  get isOpen(): boolean {
    return this.open !== undefined;
  }

  /** Whether the caller is within the work of a transaction that is open. */
  get isInside(): boolean {
    return this.attempt?.isWorking ?? false;
  }

  /** Makes a call that says something: at once, or when the transaction has ended that the caller is not inside of. */
  pass<T>(call: () => Promise<T>): Promise<T> {
    const { attempt } = this;
    if (attempt?.stopped) {
      return Promise.reject(attempt.stopped);
    }
    if (!this.open || attempt?.isWorking) {
      return call();
    }
    return new Promise((resolve, reject) => {
      this.waiting.push(() => void call().then(resolve, reject));
    });
  }

  /** Calls `undo` where the transaction is not committed that the caller is inside of. */
  onUndo(undo: () => void): void {
    const { attempt } = this;
    if (attempt?.isWorking) {
      attempt.undo.push(undo);
    }
  }

  /** @see TaskContext.withTransaction */
  async run<T, Tx>(
    transaction: Tx | TransactionRunner<Tx>,
    work: (transaction: Tx) => Promise<T>,
  ): Promise<T> {
    const host = this.hostOf();
    if (this.isInside) {
      throw new TypeError(
        'withTransaction() was called within withTransaction(): one transaction commits once',
      );
    }
    if (isRunner(transaction)) {
      return this.begin({ run: transaction, isConfirmed: false }, work);
    }
    // One that is only late is told so; this is for one that hangs.
    const options = { idleTimeoutMs: 2 * this.parts.timeoutMs };
    const run: TransactionRunner<Tx> = (attempt) =>
      host.run(transaction, () => attempt(transaction, transaction), options);
    // It may have to wait before it begins, and nobody listens to the connection then.
    return host.guard(transaction, () =>
      this.begin({ run, isConfirmed: true }, work),
    );
  }

  /** Stops a transaction that is open. Resolves when it is known what became of it, and never rejects. */
  async stop(reason: TurnError): Promise<void> {
    await this.open?.stop(reason);
  }

  private get attempt(): TransactionAttempt | undefined {
    const attempt = this.parts.inside.getStore();
    return attempt?.owner === this ? attempt : undefined;
  }

  private begin<T, Tx>(
    run: HostRun<Tx>,
    work: (transaction: Tx) => Promise<T>,
  ): Promise<T> {
    return this.pass(() => {
      this.open = new TurnTransaction(this.parts, this, () => this.reopen());
      return this.open.run(run, work);
    });
  }

  private hostOf(): HostTransactions {
    if (!this.parts.host) {
      throw new TurnError(
        'NOT_SUPPORTED',
        'withTransaction() needs a runtime that shares the database of the application: postgres()',
      );
    }
    return this.parts.host;
  }

  private reopen(): void {
    this.open = undefined;
    while (!this.open) {
      const call = this.waiting.shift();
      if (!call) return;
      call();
    }
  }
}

function isRunner<Tx>(
  transaction: Tx | TransactionRunner<Tx>,
): transaction is TransactionRunner<Tx> {
  return typeof transaction === 'function';
}
