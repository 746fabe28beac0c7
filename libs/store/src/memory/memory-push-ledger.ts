import { type Clock } from '../clock.js';
import { type Page } from '../page.js';
import {
  type PushConfig,
  type PushConfigState,
  type PushRegistration,
} from '../push/push-config.js';
import {
  type AttemptQuery,
  type DeliveryAttempt,
  type DeliveryFailure,
  type DeliverySuccess,
  type DueDelivery,
  type PushFence,
  type PushLedger,
  type Settled,
} from '../push/push-ledger.js';
import {
  type OriginBacklog,
  type OriginNote,
  type OriginState,
} from '../push/push-origin.js';
import { type CallContext } from '../scope.js';
import { parsePageToken, toPageToken } from '../page-token.js';
import { type AttemptOrder } from './attempt-order.js';
import { type PushEntry } from './push-entry.js';
import { type PushRegistry } from './push-registry.js';
import { type TaskTable } from './task-table.js';

/** Push notification configurations and their cursors, in memory. */
export class MemoryPushLedger implements PushLedger {
  /** Of the whole store, so that a configuration that is added again never meets a fence of the one before. */
  private lastEpoch = 0;

  constructor(
    private readonly tasks: TaskTable,
    private readonly registry: PushRegistry,
    private readonly order: AttemptOrder,
    private readonly clock: Clock,
  ) {}

  async put(
    command: PushRegistration & { readonly taskId: string },
    context: CallContext,
  ): Promise<PushConfig> {
    const task = this.tasks.require(command.taskId, context.access);
    this.registry.assertFits(task, command);
    return this.registry.register(task, command.config).toConfig();
  }

  async get(
    taskId: string,
    configId: string,
    context: CallContext,
  ): Promise<PushConfig | undefined> {
    return this.find(taskId, configId, context)?.toConfig();
  }

  async list(
    query: {
      readonly taskId: string;
      readonly pageSize: number;
      readonly pageToken?: string;
    },
    context: CallContext,
  ): Promise<Page<PushConfig>> {
    const [after] = query.pageToken
      ? parsePageToken(query.pageToken, isPosition)
      : [0];
    const configs = this.tasks.find(query.taskId, context.access)?.configs;
    const all = [...(configs?.values() ?? [])];
    const rest = all.filter(({ order }) => order > after);
    const page = rest.slice(0, query.pageSize);
    const last = rest.length > page.length ? page.at(-1) : undefined;
    return {
      items: page.map((entry) => entry.toConfig()),
      nextPageToken: last ? toPageToken([last.order]) : '',
      totalSize: all.length,
    };
  }

  async remove(
    taskId: string,
    configId: string,
    context: CallContext,
  ): Promise<boolean> {
    const entry = this.find(taskId, configId, context);
    if (entry) {
      this.tasks.forgetConfig(entry);
      this.tasks.find(taskId, context.access)?.configs.delete(configId);
    }
    return entry !== undefined;
  }

  async setState(
    command: {
      readonly taskId: string;
      readonly configId: string;
      readonly state: PushConfigState;
    },
    context: CallContext,
  ): Promise<boolean> {
    const { taskId, configId, state } = command;
    const entry = this.find(taskId, configId, context);
    if (entry) {
      const now = this.clock.now();
      this.tasks.push.change(entry, () => entry.setState(state, now));
    }
    return entry !== undefined;
  }

  async claimDue(command: {
    readonly owner: string;
    readonly max: number;
    readonly perOrigin: number;
    readonly leaseMs: number;
  }): Promise<readonly DueDelivery[]> {
    const { push } = this.tasks;
    const now = this.clock.now();
    push.limit(command.perOrigin);
    const deliveries: DueDelivery[] = [];
    while (deliveries.length < command.max) {
      const entry = push.next(now);
      if (!entry) {
        break;
      }
      deliveries.push(this.claim(entry, now + command.leaseMs));
    }
    return deliveries;
  }

  async succeed(
    fence: PushFence,
    { upTo, attempt, origin }: DeliverySuccess,
  ): Promise<Settled | undefined> {
    return this.settle(fence, origin, (entry) => {
      entry.succeed(upTo, attempt && this.order.next(attempt));
      entry.giveBack(entry.dueNow(this.clock.now()));
    });
  }

  async fail(
    fence: PushFence,
    { attempt, upTo = 0, disable, origin }: DeliveryFailure,
  ): Promise<Settled | undefined> {
    return this.settle(fence, origin, (entry) => {
      const now = this.clock.now();
      entry.fail(this.order.next(attempt), upTo);
      entry.giveBack(
        attempt.outcome === 'dead'
          ? entry.dueNow(now)
          : (attempt.nextAt ?? now),
      );
      if (disable) {
        entry.setState('disabled', now);
      }
    });
  }

  async release(
    fence: PushFence,
    { dueAt }: { readonly dueAt: number },
  ): Promise<boolean> {
    const settled = this.settle(fence, undefined, (entry) =>
      entry.giveBack(dueAt),
    );
    return settled !== undefined;
  }

  async attempts(
    { taskId, configId, limit }: AttemptQuery,
    context: CallContext,
  ): Promise<readonly DeliveryAttempt[]> {
    const configs = this.tasks.find(taskId, context.access)?.configs;
    return [...(configs?.values() ?? [])]
      .filter(({ id }) => configId === undefined || id === configId)
      .flatMap((entry) => entry.attempts)
      .sort((a, b) => b.order - a.order)
      .slice(0, limit)
      .map(({ attempt }) => attempt);
  }

  async nextDueAt(): Promise<number | undefined> {
    return this.tasks.push.nextDueAt();
  }

  async origins({
    limit,
  }: {
    readonly limit: number;
  }): Promise<readonly OriginState[]> {
    return this.tasks.push.failing(limit);
  }

  async backlog({
    limit,
  }: {
    readonly limit: number;
  }): Promise<readonly OriginBacklog[]> {
    return this.tasks.push.backlog(limit);
  }

  private find(
    taskId: string,
    configId: string,
    { access }: CallContext,
  ): PushEntry | undefined {
    return this.tasks.find(taskId, access)?.configs.get(configId);
  }

  private claim(entry: PushEntry, leaseUntil: number): DueDelivery {
    this.lastEpoch += 1;
    const epoch = this.lastEpoch;
    this.tasks.push.change(entry, () => entry.claim(epoch, leaseUntil));
    const config = entry.toConfig();
    const { taskId, id: configId } = config;
    return { config, fence: { taskId, configId, epoch } };
  }

  private settle(
    { taskId, configId, epoch }: PushFence,
    note: OriginNote | undefined,
    change: (entry: PushEntry) => void,
  ): Settled | undefined {
    const { push } = this.tasks;
    const task = this.tasks.find(taskId, 'system');
    const entry = task?.configs.get(configId);
    if (!entry?.isHeld(epoch)) {
      return undefined;
    }
    push.change(entry, () => change(entry));
    const origin = note && push.note(entry, note, this.clock.now());
    return origin ? { origin } : {};
  }
}

function isPosition(value: unknown): value is [number] {
  return (
    Array.isArray(value) && value.length === 1 && typeof value[0] === 'number'
  );
}
