import { type ContextStore } from '../contexts/context-store.js';
import { type HostTransactions } from '../host-transactions.js';
import { type TaskLog } from '../log/task-log.js';
import { type PushLedger } from '../push/push-ledger.js';
import { type RedeliveryLedger } from '../push/redelivery-ledger.js';
import { type SecretStore } from '../secrets/secret-store.js';
import { type StoreHealth, type TaskStore } from '../task-store.js';
import { type WorkLedger } from '../work/work-ledger.js';
import { SnapshotWriter } from './snapshot-writer.js';
import { SqlContextStore } from './sql-context-store.js';
import { type SqlDatabase } from './sql-database.js';
import { SqlPushLedger } from './sql-push-ledger.js';
import { SqlRedeliveryLedger } from './sql-redelivery-ledger.js';
import { SqlSecretStore } from './sql-secret-store.js';
import { type SqlParts, SqlTaskLog } from './sql-task-log.js';
import { SqlWorkLedger } from './sql-work-ledger.js';
import { Transactions } from './transactions.js';

/** Tasks in a database whose tables are there. */
export class SqlTaskStore implements TaskStore {
  readonly log: TaskLog;
  readonly work: WorkLedger;
  readonly push: PushLedger;
  readonly redeliveries: RedeliveryLedger;
  readonly contexts: ContextStore;
  readonly secrets: SecretStore;
  readonly hostTransactions: HostTransactions | undefined;
  private readonly snapshots: SnapshotWriter;

  constructor(
    private readonly database: SqlDatabase,
    { dialect, onWarning }: Pick<SqlParts, 'dialect' | 'onWarning'>,
  ) {
    const transactions = new Transactions(database);
    this.snapshots = new SnapshotWriter({ transactions, onWarning });
    const { snapshots } = this;
    const parts = { transactions, dialect, snapshots, onWarning };
    this.log = new SqlTaskLog(parts);
    this.work = new SqlWorkLedger(parts);
    this.push = new SqlPushLedger(parts);
    this.redeliveries = new SqlRedeliveryLedger(parts);
    this.contexts = new SqlContextStore(transactions);
    this.secrets = new SqlSecretStore(transactions, dialect);
    this.hostTransactions = database.hostTransactions;
  }

  now(): number {
    return this.database.now();
  }

  health(): Promise<StoreHealth> {
    return this.database.health();
  }

  /**
   * Begins nothing more by itself. Resolves when nothing is written any more that
   * nobody waits for: call it before the database is closed.
   */
  stop(): Promise<void> {
    return this.snapshots.stop();
  }
}
