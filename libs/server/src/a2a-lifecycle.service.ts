import { type OpenRuntime } from '@nest-a2a/store';
import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { OpenExchanges } from './bindings/open-exchanges.service.js';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from './options/resolved-options.js';
import { PushNotificationService } from './push/push-notification.service.js';
import { DrainState } from './runtime/drain-state.service.js';
import { KeepAlive } from './runtime/keep-alive.js';
import { OPEN_RUNTIME } from './runtime/runtime.tokens.js';
import { TaskHooks } from './tasks/hooks/task-hooks.service.js';
import { WorkerRunner } from './workers/worker-runner.service.js';

/** So many origins of tenants are told apart in what waits for webhooks, those that wait longest. */
const ORIGINS_MEASURED = 10_000;

/**
 * The life of the runtime in an application.
 *
 * 1. bootstrap: take work.
 * 2. destroy: refuse new messages; running turns, with their streams and
 *    webhooks, have until the end of the drain period; what is left then is
 *    handed back; every open response ends, or the HTTP server could not close.
 * 3. shutdown: let go of the store.
 */
@Injectable()
export class A2ALifecycle
  implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown
{
  private readonly keepAlive = new KeepAlive();
  private destroyed: Promise<void> | undefined;
  private closed: Promise<void> | undefined;
  private isStarted = false;
  private stopMeasuring: (() => void) | undefined;

  constructor(
    @Inject(OPEN_RUNTIME) private readonly runtime: OpenRuntime,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(DrainState) private readonly drain: DrainState,
    @Inject(WorkerRunner) private readonly runner: WorkerRunner,
    @Inject(PushNotificationService)
    private readonly push: PushNotificationService,
    @Inject(TaskHooks) private readonly hooks: TaskHooks,
    @Inject(OpenExchanges) private readonly exchanges: OpenExchanges,
  ) {}

  /** Whether this process has begun to take work. */
  get hasStarted(): boolean {
    return this.isStarted;
  }

  onApplicationBootstrap(): void {
    if (this.destroyed) {
      // Closed while it started: another provider took its time.
      return;
    }
    const { roles } = this.options;
    this.isStarted = true;
    this.keepAlive.start();
    if (roles.includes('worker')) this.runner.start();
    if (roles.includes('push')) this.push.start();
    this.stopMeasuring = this.measure();
  }

  onModuleDestroy(): Promise<void> {
    this.destroyed ??= this.stopWork();
    return this.destroyed;
  }

  onApplicationShutdown(): Promise<void> {
    this.closed ??= this.close();
    return this.closed;
  }

  private measure(): () => void {
    const { roles, telemetry } = this.options;
    const webhooks = async () =>
      (await this.push.metrics({ limit: ORIGINS_MEASURED })).backlog;
    return telemetry.measure(roles.includes('push') ? { webhooks } : {});
  }

  private async stopWork(): Promise<void> {
    const grace = this.drain.begin();
    await this.runner.drain(grace);
    this.drain.endStreams();
    await Promise.all([
      this.exchanges.endAll(),
      this.push.stop(grace),
      this.hooks.stop(grace),
    ]);
    this.drain.end();
  }

  private async close(): Promise<void> {
    // A store that cannot be closed must not keep the process alive as well.
    this.keepAlive.stop();
    this.stopMeasuring?.();
    await this.runtime.close();
  }
}
