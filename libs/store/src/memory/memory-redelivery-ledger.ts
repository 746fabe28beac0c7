import { type Clock } from '../clock.js';
import {
  type DeliveryFailure,
  type DeliverySuccess,
  type Settled,
} from '../push/push-ledger.js';
import { type OriginNote } from '../push/push-origin.js';
import {
  type DueRedelivery,
  type NewRedelivery,
  type RedeliveryAnswer,
  type RedeliveryFence,
  type RedeliveryLedger,
} from '../push/redelivery-ledger.js';
import { assertRoomForRedelivery } from '../push/redelivery-limit.js';
import { type CallContext } from '../scope.js';
import { type AttemptOrder } from './attempt-order.js';
import { type PushEntry } from './push-entry.js';
import { RedeliveryEntry } from './redelivery-entry.js';
import { type TaskTable } from './task-table.js';

/** What is the first to be sent once more for a configuration. */
interface FirstOne {
  readonly config: PushEntry;
  readonly first: RedeliveryEntry;
}

/** What is sent once more, in memory. */
export class MemoryRedeliveryLedger implements RedeliveryLedger {
  private lastNumber = 0;
  private lastEpoch = 0;

  constructor(
    private readonly tasks: TaskTable,
    private readonly order: AttemptOrder,
    private readonly clock: Clock,
  ) {}

  async add(
    { taskId, configId, from, to }: NewRedelivery,
    { access }: CallContext,
  ): Promise<RedeliveryAnswer> {
    const config = this.tasks.find(taskId, access)?.configs.get(configId);
    if (!config) {
      return { kind: 'notFound' };
    }
    const last = Math.min(to, config.position);
    if (from > last) {
      return { kind: 'nothingDone' };
    }
    const { redeliveries } = config;
    assertRoomForRedelivery(redeliveries.length);
    this.lastNumber += 1;
    const range = { from, to: last };
    redeliveries.push(
      new RedeliveryEntry(this.lastNumber, range, this.clock.now()),
    );
    this.tasks.redelivered.add(config);
    return { kind: 'accepted', ...range };
  }

  async claimDue({
    max,
    leaseMs,
  }: {
    readonly max: number;
    readonly leaseMs: number;
  }): Promise<readonly DueRedelivery[]> {
    const now = this.clock.now();
    const all = this.firstOnes();
    const busy = new Set(
      all
        .filter(({ first }) => first.isUnderWay(now))
        .map(({ config }) => config.origin),
    );
    const due = all.filter((one) => this.isDue(one, now)).sort(byDueTime);
    const claimed: DueRedelivery[] = [];
    for (const one of due) {
      const { origin } = one.config;
      if (claimed.length < max && !busy.has(origin)) {
        busy.add(origin);
        claimed.push(this.claim(one, now + leaseMs));
      }
    }
    return claimed;
  }

  async succeed(
    fence: RedeliveryFence,
    { upTo, attempt, origin }: DeliverySuccess,
  ): Promise<Settled | undefined> {
    return this.settle(fence, origin, ({ config, first }) => {
      first.moveTo(upTo);
      first.giveBack(this.clock.now());
      if (attempt) {
        config.log(this.order.next(attempt));
      }
    });
  }

  async fail(
    fence: RedeliveryFence,
    { attempt, disable, origin }: DeliveryFailure,
  ): Promise<Settled | undefined> {
    return this.settle(fence, origin, ({ config, first }) => {
      const now = this.clock.now();
      if (attempt.outcome === 'dead') {
        first.moveTo(attempt.seq);
        first.giveBack(now);
      } else {
        first.fail();
        first.giveBack(attempt.nextAt ?? now);
      }
      config.log(this.order.next(attempt));
      if (disable) {
        this.tasks.push.change(config, () => config.setState('disabled', now));
      }
    });
  }

  async release(
    fence: RedeliveryFence,
    { dueAt }: { readonly dueAt: number },
  ): Promise<boolean> {
    const settled = this.settle(fence, undefined, ({ first }) =>
      first.giveBack(dueAt),
    );
    return settled !== undefined;
  }

  async nextDueAt(): Promise<number | undefined> {
    const times = this.firstOnes()
      .filter(({ config }) => config.isActive)
      .map(({ config, first }) =>
        Math.max(first.dueAt, this.tasks.push.laneOf(config)?.openUntil ?? 0),
      );
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  private firstOnes(): readonly FirstOne[] {
    return [...this.tasks.redelivered].flatMap((config) => {
      const [first] = config.redeliveries;
      return first ? [{ config, first }] : [];
    });
  }

  private isDue({ config, first }: FirstOne, now: number): boolean {
    const { redeliverableAt = 0 } = this.tasks.push.laneOf(config) ?? {};
    return config.isActive && Math.max(first.dueAt, redeliverableAt) <= now;
  }

  private claim(
    { config: entry, first }: FirstOne,
    leaseUntil: number,
  ): DueRedelivery {
    this.lastEpoch += 1;
    const epoch = this.lastEpoch;
    first.claim(epoch, leaseUntil);
    const config = entry.toConfig();
    const { taskId, id: configId } = config;
    const { number: redelivery, position: cursor, to, failures } = first;
    const fence = { taskId, configId, redelivery, epoch };
    return { config, cursor, to, failures, fence };
  }

  private settle(
    { taskId, configId, redelivery, epoch }: RedeliveryFence,
    note: OriginNote | undefined,
    change: (one: FirstOne) => void,
  ): Settled | undefined {
    const { push, redelivered } = this.tasks;
    const task = this.tasks.find(taskId, 'system');
    const config = task?.configs.get(configId);
    const [first] = config?.redeliveries ?? [];
    if (!config || first?.number !== redelivery || !first.isHeld(epoch)) {
      return undefined;
    }
    change({ config, first });
    if (first.isOver) {
      config.redeliveries.shift();
    }
    if (config.redeliveries.length === 0) {
      redelivered.delete(config);
    }
    const origin = note && push.note(config, note, this.clock.now());
    return origin ? { origin } : {};
  }
}

function byDueTime({ first: a }: FirstOne, { first: b }: FirstOne): number {
  return a.dueAt - b.dueAt || a.number - b.number;
}
