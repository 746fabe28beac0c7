import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Claim,
  type Clock,
  type OpenRuntime,
  type TaskStore,
  type Unsubscribe,
  type WakeBus,
} from '@nest-a2a/store';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type TurnFacts } from '../instrumentation/telemetry.js';
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
import { TurnRoom } from './turn-room.js';
import { TurnRun } from './turn-run.js';
import { type TransactionAttempt } from './turn-transaction.js';
import { type BoundWorker, WorkerExplorer } from './worker.explorer.js';

/** The wait after a claim that brought nothing although something is due: another instance has locked it. */
const AFTER_NOTHING_MS = 25;

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
  /** One for all turns: each of these costs the whole process something. */
  private readonly inside = new AsyncLocalStorage<TransactionAttempt>();
  private readonly claiming: PollLoop;
  private readonly renewing: PollLoop;
  private workers: ReadonlyMap<string, BoundWorker> = new Map();
  private room: TurnRoom;
  /** Agents whose places a claim that is on its way to the store may take. */
  private claimingFor: readonly string[] = [];
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
    this.room = new TurnRoom(options.turn.concurrency, new Map());
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
      this.room = new TurnRoom(
        this.options.turn.concurrency,
        limitsOf(this.workers.values()),
      );
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
    const isFree = worker && this.room.left(agent) > 0;
    if (!this.isAccepting || !isFree || this.isPromised(worker)) {
      return undefined;
    }
    const place = this.room.take(agent);
    const free = () => {
      place.free();
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

  /** Resolves when no turn runs and no message that might begin one is on its way into the store. */
  private untilIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.onIdle = resolve;
      this.noteIdle();
    });
  }

  private noteIdle(): void {
    if (this.runs.size === 0 && this.room.isEmpty) {
      this.onIdle?.();
    }
  }

  private async claim(): Promise<number> {
    await this.keepOwn();
    const claimed = await this.claimDue();
    const { pollMs } = this.wake;
    const agents = this.agentsWithRoom();
    if (agents.length === 0) {
      // The end of a turn wakes the loop.
      return pollMs;
    }
    const dueAt = (await this.store.work.nextDueAt(agents)) ?? Infinity;
    const leastMs = claimed > 0 ? 0 : AFTER_NOTHING_MS;
    return Math.min(Math.max(dueAt - this.store.now(), leastMs), pollMs);
  }

  /** @returns how many turns it has begun */
  private async claimDue(): Promise<number> {
    const agents = this.agentsWithRoom();
    if (agents.length === 0) {
      return 0;
    }
    this.claimingFor = agents;
    try {
      const claims = await this.store.work.claim({
        owner: this.owner,
        leaseMs: this.options.turn.leaseMs,
        agents,
        max: this.room.left(),
        maxOfAgent: new Map(agents.map((name) => [name, this.room.left(name)])),
      });
      claims.forEach((claim) => this.beginClaim(claim));
      return claims.length;
    } finally {
      this.claimingFor = [];
    }
  }

  /** A limit of its own is kept exactly: what comes meanwhile waits for its turn in the store. That of the process gives way by what one claim brings. */
  private isPromised({ agent, concurrency }: BoundWorker): boolean {
    return concurrency !== undefined && this.claimingFor.includes(agent);
  }

  private agentsWithRoom(): readonly string[] {
    return [...this.workers.keys()].filter((name) => this.room.left(name) > 0);
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
    const { journal, store, clock, options, inside } = this;
    const ports = { journal, store, clock, options, inside, worker };
    const run = new TurnRun(claim, ports);
    const place = this.room.take(worker.agent);
    const unsubscribe = this.wake.on(`cancel:${run.taskId}`, () =>
      this.renewing.wake(),
    );
    this.loseEarlier(run);
    if (this.isHandingBack) run.handBack();
    const facts = turnFacts(claim, store.now());
    const running = options.telemetry.turn(facts, (trace) => run.run(trace));
    const ended = running.then(() => {
      unsubscribe();
      place.free();
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

function turnFacts(claim: Claim, now: number): TurnFacts {
  const { record, turn, attempt, isTakenOver } = claim;
  const { id, contextId } = record.task;
  return {
    agent: record.scope.agent,
    taskId: id,
    contextId,
    turn: turn.seq,
    attempt,
    isTakenOver,
    traceparent: turn.request.traceparent,
    waitedMs: Math.max(0, now - turn.at),
  };
}

/** The agents whose turns have a limit of their own. */
function limitsOf(workers: Iterable<BoundWorker>): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { agent, concurrency } of workers) {
    if (concurrency !== undefined) limits.set(agent, concurrency);
  }
  return limits;
}
