import {
  type Accepted,
  type DeliveryAttempt,
  MemoryTaskStore,
  MemoryWakeBus,
  type PushLedger,
  type Seq,
  type TaskEvent,
  type TaskLog,
  type TaskStore,
} from '@nest-a2a/store';
import { FakeClock, withMethods } from '@nest-a2a/testing';
import { Logger } from '@nestjs/common';
import { type PushOptions } from '../src/options/a2a-module-options.js';
import { NO_TELEMETRY } from '../src/instrumentation/no-telemetry.js';
import { DEFAULT_OPTIONS } from '../src/options/default-options.js';
import { resolveSigning } from '../src/options/resolve-signing.js';
import { type ResolvedOptions } from '../src/options/resolved-options.js';
import { deliveryWork } from '../src/push/delivery-work.js';
import { DeliveryHooks } from '../src/push/hooks/delivery-hooks.service.js';
import { PushConfigurations } from '../src/push/push-configurations.service.js';
import { PushNotificationService } from '../src/push/push-notification.service.js';
import { type TokenIssuers } from '../src/push/signing/token-issuers.service.js';
import { WebhookKeys } from '../src/push/signing/webhook-keys.service.js';
import { WebhookSigner } from '../src/push/signing/webhook-signer.service.js';
import {
  WebhookClient,
  type WebhookNetwork,
} from '../src/push/webhook-client.service.js';
import { WebhookDelivery } from '../src/push/webhook-delivery.service.js';

const SCOPE = { agent: 'a', tenant: '', principal: '' };
const CONTEXT = { access: SCOPE };

/** Methods of the store that a test puts in place of the real ones. */
export interface StoreFaults {
  push?: (real: PushLedger) => Partial<PushLedger>;
  log?: (real: TaskLog) => Partial<TaskLog>;
}

/** The delivery of webhooks without an application around it: a real store, real requests, no time. */
export class PushBench {
  readonly clock = new FakeClock();
  readonly store = new MemoryTaskStore(this.clock);
  readonly wake = new MemoryWakeBus();
  readonly attempts: DeliveryAttempt[] = [];
  readonly configurations: PushConfigurations;
  readonly keys: WebhookKeys;
  readonly client: WebhookClient;
  readonly delivery: WebhookDelivery;
  readonly service: PushNotificationService;
  private readonly waiting = new Set<() => void>();
  private nextId = 1;

  constructor(
    push: Partial<PushOptions> = {},
    faults: StoreFaults = {},
    network: WebhookNetwork = {},
  ) {
    const options = {
      push: {
        ...DEFAULT_OPTIONS.push,
        allowHttp: true,
        allowPrivateNetworks: true,
        ...push,
        signing: resolveSigning(push.signing),
      },
      limits: DEFAULT_OPTIONS.limits,
      roles: DEFAULT_OPTIONS.roles,
      telemetry: NO_TELEMETRY,
    } as Partial<ResolvedOptions> as ResolvedOptions;
    const store = this.faulty(faults);
    const runtime = { store, wake: this.wake, close: async () => undefined };
    this.configurations = new PushConfigurations(store, this.wake, options);
    this.keys = new WebhookKeys(store, options);
    const issuers = {
      of: () => 'https://agent.example.com',
    } as unknown as TokenIssuers;
    const signer = new WebhookSigner(options, this.clock, this.keys, issuers);
    this.client = new WebhookClient(options, network, signer);
    this.delivery = new WebhookDelivery(
      store,
      options,
      this.configurations,
      this.client,
      this.clock,
      new DeliveryHooks({ explore: () => [] }, this.clock, options),
    );
    this.service = new PushNotificationService(
      runtime,
      this.clock,
      'me',
      options,
      this.configurations,
      this.delivery,
    );
    this.service.deliveries$.subscribe((attempt) => {
      this.attempts.push(attempt);
      this.waiting.forEach((look) => look());
      this.waiting.clear();
    });
  }

  /** A task with a webhook, and so many status updates for it. @returns its id */
  async addTask(url: string, updates = 1): Promise<string> {
    const taskId = `task-${this.nextId}`;
    const config = { id: 'a', url, token: 'token-secret' };
    await this.store.log.create(
      {
        scope: SCOPE,
        taskId,
        contextId: 'c',
        events: [this.event(created(taskId))],
        isAnnounced: true,
        push: this.configurations.prepare(config, {
          taskId,
          tenant: '',
          protocolVersion: '1.0',
          at: '',
          extensions: [],
        }),
      },
      CONTEXT,
    );
    for (let count = 1; count <= updates; count += 1) {
      await this.append(taskId, count, working(taskId));
    }
    return taskId;
  }

  /** Adds an event to a task and wakes whoever delivers. */
  async append(
    taskId: string,
    expectedVersion: Seq,
    body: TaskEvent,
  ): Promise<Accepted> {
    const events = [this.event(body)];
    const command = { taskId, expectedVersion, events };
    const accepted = await this.store.log.append(command, CONTEXT);
    this.wake.ring(['push']);
    return accepted;
  }

  /** What the webhook of a task selects, of the configuration as it is now. */
  async claim() {
    const command = { owner: 'me', max: 1, perOrigin: 9, leaseMs: 60_000 };
    const [due] = await this.store.push.claimDue(command);
    if (!due) throw new Error('Nothing is due');
    return deliveryWork(this.store, due);
  }

  /** Resolves with the attempts when there are so many. */
  async waitFor(count: number): Promise<readonly DeliveryAttempt[]> {
    while (this.attempts.length < count) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
    return this.attempts;
  }

  /** Ends deliveries at once. */
  async stop(): Promise<void> {
    await this.service.stop(Promise.resolve());
    await this.client.onApplicationShutdown();
  }

  private faulty({ push, log }: StoreFaults): TaskStore {
    const { store } = this;
    return withMethods<TaskStore>(store, {
      ...(push && { push: withMethods(store.push, push(store.push)) }),
      ...(log && { log: withMethods(store.log, log(store.log)) }),
    });
  }

  private event(body: TaskEvent) {
    this.nextId += 1;
    return { id: `event-${this.nextId}`, body };
  }
}

/** What the services of one test log. */
export class CapturedLog {
  readonly lines: string[] = [];

  constructor() {
    const note =
      (level: string) =>
      (...parts: unknown[]) => {
        this.lines.push([level, ...parts].map(String).join(' '));
      };
    Logger.overrideLogger({
      log: note('log'),
      warn: note('warn'),
      error: note('error'),
    });
  }
}

function created(taskId: string): TaskEvent {
  const status = { state: 'TASK_STATE_SUBMITTED' as const };
  return {
    kind: 'task',
    task: { id: taskId, contextId: 'c', status },
    turn: {},
  };
}

/** A status update. */
export function working(taskId: string): TaskEvent {
  const status = { state: 'TASK_STATE_WORKING' as const };
  return {
    kind: 'statusUpdate',
    statusUpdate: { taskId, contextId: 'c', status },
  };
}

/** A chunk of the artifact `x`. */
export function chunk(
  taskId: string,
  text: string,
  flags: { append?: true; lastChunk?: true } = {},
): TaskEvent {
  const artifact = { artifactId: 'x', parts: [{ text }] };
  return {
    kind: 'artifactUpdate',
    artifactUpdate: { taskId, contextId: 'c', artifact, ...flags },
  };
}
