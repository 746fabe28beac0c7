import { type ContextStore } from './contexts/context-store.js';
import { type HostTransactions } from './host-transactions.js';
import { type TaskLog } from './log/task-log.js';
import { type PushLedger } from './push/push-ledger.js';
import { type RedeliveryLedger } from './push/redelivery-ledger.js';
import { type SecretStore } from './secrets/secret-store.js';
import { type WorkLedger } from './work/work-ledger.js';

/** Whether the store works. */
export interface StoreHealth {
  readonly isUp: boolean;
  /** For the operator. */
  readonly detail?: string;
}

/**
 * Everything durable: tasks, the work on them, webhooks, contexts, and
 * the secrets of the application. The parts share their transactions (a message and its turn, an event and the due
 * mark of its webhooks), so one adapter implements them together. Every call
 * settles in a bounded time: where the server does not answer, with a StoreError
 * `UNAVAILABLE`. Whoever writes an adapter runs it against the suite of
 * `@nest-a2a/store/contract`.
 */
export interface TaskStore {
  readonly log: TaskLog;
  readonly work: WorkLedger;
  readonly push: PushLedger;
  readonly redeliveries: RedeliveryLedger;
  readonly contexts: ContextStore;
  readonly secrets: SecretStore;
  /** Missing where appends cannot be part of a transaction of the host. */
  readonly hostTransactions?: HostTransactions | undefined;

  /** The store's clock, milliseconds; an adapter with a server estimates it without asking each time. */
  now(): number;

  health(): Promise<StoreHealth>;
}
