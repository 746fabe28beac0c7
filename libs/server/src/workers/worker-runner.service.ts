import {
  type Claim,
  type Clock,
  type OpenRuntime,
  type TaskStore,
  type Unsubscribe,
  type WakeBus,
} from '@nest-a2a/store';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { PollLoop } from '../runtime/poll-loop.js';
import {
  A2A_CLOCK,
  INSTANCE_NAME,
  OPEN_RUNTIME,
} from '../runtime/runtime.tokens.js';
import { TaskJournal } from '../tasks/task-journal.service.js';
import { type TurnSlot, type TurnSlots } from '../tasks/turn-slots.port.js';
import { TurnRun } from './turn-run.js';
import { type BoundWorker, WorkerExplorer } from './worker.explorer.js';

/**
 * Runs turns: those that this process accepted itself, and those that it claims
 * from the store because they are due or their instance died. Keeps their
 * leases, passes cancellations on, and hands back at shutdown what does not
 * finish in time.
 */
@Injectable()
export class WorkerRunner implements TurnSlots, OnModuleInit {
  private readonly logger = new Logger('A2AWorker');
  private readonly store: TaskStore;
  private readonly wake: WakeBus;
  private readonly runs = new Map<TurnRun, Promise<void>>();
  private readonly claiming: PollLoop;
  private readonly renewing: PollLoop;
  private workers: ReadonlyMap<string, BoundWorker> = new Map();
  private reserved = 0;
  private isAccepting = false;
  private isHandingBack = false;
  private renewedAt = 0;
  private onIdle: (() => void) | undefined;
  private unsubscribe: Unsubscribe | undefined;

  constructor(
    @Inject(OPEN_RUNTIME) { store, wake }: OpenRuntime,
    @Inject(A2A_CLOCK) private readonly clock: Clock,
    @Inject(INSTANCE_NAME) private readonly owner: string,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(TaskJournal) private readonly journal: TaskJournal,
    @Inject(WorkerExplorer) private readonly explorer: WorkerExplorer,
  ) {
    this.store = store;
    this.wake = wake;
    const onError = (error: unknown) =>
      this.logger.warn(
        `Turns wait: the store does not answer (${String(error)})`,
      );
    this.claiming = new PollLoop(clock, { run: () => this.claim(), onError });
    this.renewing = new PollLoop(clock, { run: () => this.renew(), onError });
  }

  /** Turns that run in this process. */
  get running(): number {
    return this.runs.size;
  }

  /** @throws MissingWorkerError, DuplicateWorkerError, InvalidWorkerError */
  onModuleInit(): void {
    if (this.options.roles.includes('worker')) {
      this.workers = this.explorer.explore();
    }
  }

  /** Begins to take on turns. */
  start(): void {
    this.isAccepting = true;
    this.renewedAt = this.clock.now();
    this.unsubscribe = this.wake.on('work', () => this.claiming.wake());
    this.claiming.start();
    this.renewing.start();
  }

  /** Takes on nothing more, lets running turns end until `grace` resolves, then hands them back. */
  async drain(grace: Promise<void>): Promise<void> {
    this.isAccepting = false;
    this.unsubscribe?.();
    await this.claiming.stop();
    await Promise.race([this.untilIdle(), grace]);
    if (this.runs.size > 0) {
      this.logger.warn(
        `${this.runs.size} turns did not end in time and are handed back`,
      );
    }
    this.isHandingBack = true;
    this.runs.forEach((_ended, run) => run.handBack());
    await Promise.all(this.runs.values());
    await this.renewing.stop();
  }

  acceptsDirectReplies(agent: string): boolean {
    return this.workers.get(agent)?.directReplies ?? false;
  }

  reserve(agent: string): TurnSlot | undefined {
    const worker = this.workers.get(agent);
    if (!this.isAccepting || !worker || this.room <= 0) {
      return undefined;
    }
    this.reserved += 1;
    let isOpen = true;
    const free = () => {
      this.reserved -= isOpen ? 1 : 0;
      isOpen = false;
      this.noteIdle();
    };
    return {
      claim: { owner: this.owner, leaseMs: this.options.turn.leaseMs },
      use: (claim) => {
        this.begin(claim, worker);
        free();
      },
      free,
    };
  }

  private get room(): number {
    return this.options.turn.concurrency - this.runs.size - this.reserved;
  }

  /** Resolves when no turn runs and no message that might begin one is on its way into the store. */
  private untilIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.onIdle = resolve;
      this.noteIdle();
    });
  }

  private noteIdle(): void {
    if (this.runs.size === 0 && this.reserved === 0) {
      this.onIdle?.();
    }
  }

  private async claim(): Promise<number> {
    await this.keepOwn();
    const agents = [...this.workers.keys()];
    const max = this.room;
    if (max > 0) {
      const { leaseMs } = this.options.turn;
      const { owner } = this;
      const claims = await this.store.work.claim({
        owner,
        leaseMs,
        agents,
        max,
      });
      claims.forEach((claim) => this.beginClaim(claim));
    }
    const { pollMs } = this.wake;
    if (this.room <= 0) {
      // The end of a turn wakes the loop.
      return pollMs;
    }
    const dueAt = (await this.store.work.nextDueAt(agents)) ?? Infinity;
    return Math.min(Math.max(dueAt - this.store.now(), 0), pollMs);
  }

  /** A process that could do nothing for a while must not take over from itself. */
  private async keepOwn(): Promise<void> {
    const { heartbeatMs } = this.options.turn;
    if (this.clock.now() - this.renewedAt >= 2 * heartbeatMs) {
      await this.renew();
    }
  }

  private beginClaim(claim: Claim): void {
    const worker = this.workers.get(claim.record.scope.agent);
    if (worker) {
      this.begin(claim, worker);
    }
  }

  private begin(claim: Claim, worker: BoundWorker): void {
    const { journal, store, clock, options } = this;
    const run = new TurnRun(claim, { journal, store, clock, options, worker });
    const unsubscribe = this.wake.on(`cancel:${run.taskId}`, () =>
      this.renewing.wake(),
    );
    this.loseEarlier(run);
    if (this.isHandingBack) run.handBack();
    const ended = run.run().finally(() => {
      unsubscribe();
      this.runs.delete(run);
      this.claiming.wake();
      this.noteIdle();
    });
    this.runs.set(run, ended);
  }

  /** Our own lease had expired, and we have taken over from ourselves. */
  private loseEarlier({ taskId }: TurnRun): void {
    for (const run of this.runs.keys()) {
      if (run.taskId === taskId && run.needsLease) run.lose();
    }
  }

  /** Keeps the leases and learns of cancellations. */
  private async renew(): Promise<number> {
    const { leaseMs, heartbeatMs } = this.options.turn;
    const runs = [...this.runs.keys()].filter((run) => run.needsLease);
    if (runs.length > 0) {
      const fences = runs.map(({ fence }) => fence);
      const renewals = await this.store.work.renew({ fences, leaseMs });
      const byTask = new Map(renewals.map((one) => [one.taskId, one]));
      for (const run of runs) {
        const renewal = byTask.get(run.taskId);
        // A run that ended while the store was asked has no lease, and needs none.
        if (!run.needsLease) continue;
        if (!renewal?.isHeld) run.lose();
        else if (renewal.isCancelRequested) run.cancel();
      }
    }
    this.renewedAt = this.clock.now();
    return heartbeatMs;
  }
}
