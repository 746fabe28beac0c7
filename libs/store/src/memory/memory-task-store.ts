import { type Clock } from '../clock.js';
import { type ContextStore } from '../contexts/context-store.js';
import { type TaskLog } from '../log/task-log.js';
import { type PushLedger } from '../push/push-ledger.js';
import { type RedeliveryLedger } from '../push/redelivery-ledger.js';
import { type SecretStore } from '../secrets/secret-store.js';
import { type StoreHealth, type TaskStore } from '../task-store.js';
import { type WorkLedger } from '../work/work-ledger.js';
import { AttemptOrder } from './attempt-order.js';
import { MemoryPushLedger } from './memory-push-ledger.js';
import { MemoryRedeliveryLedger } from './memory-redelivery-ledger.js';
import { MemorySecretStore } from './memory-secret-store.js';
import { MemoryTaskLog } from './memory-task-log.js';
import { MemoryWorkLedger } from './memory-work-ledger.js';
import { PushRegistry } from './push-registry.js';
import { TaskTable } from './task-table.js';

/**
 * Tasks in the memory of one process: everything that the ports promise, except
 * that it ends with the process. What it answers is shared with the store and
 * frozen; what it is given is copied.
 */
export class MemoryTaskStore implements TaskStore {
  readonly log: TaskLog;
  readonly work: WorkLedger;
  readonly push: PushLedger;
  readonly redeliveries: RedeliveryLedger;
  readonly contexts: ContextStore;
  readonly secrets: SecretStore;
  private readonly tasks = new TaskTable();

  constructor(private readonly clock: Clock) {
    const registry = new PushRegistry(
      this.tasks.push,
      this.tasks.origins,
      clock,
    );
    this.log = new MemoryTaskLog(this.tasks, registry, clock);
    this.work = new MemoryWorkLedger(this.tasks, clock);
    const order = new AttemptOrder();
    this.push = new MemoryPushLedger(this.tasks, registry, order, clock);
    this.redeliveries = new MemoryRedeliveryLedger(this.tasks, order, clock);
    this.contexts = this.tasks.contexts;
    this.secrets = new MemorySecretStore(clock);
  }

  now(): number {
    return this.clock.now();
  }

  async health(): Promise<StoreHealth> {
    return { isUp: true };
  }

  /** How much is held of what, for diagnosis. Without tasks everything is 0. */
  counts(): Readonly<Record<string, number>> {
    return this.tasks.counts();
  }
}
