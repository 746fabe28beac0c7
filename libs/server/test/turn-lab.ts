import { AsyncLocalStorage } from 'node:async_hooks';
import { type Message, newId } from '@nest-a2a/protocol';
import {
  type Claim,
  memory,
  MemoryTaskStore,
  MemoryWakeBus,
  type NewEvent,
  type Scope,
  type StoredEvent,
  SYSTEM_CONTEXT,
  type TaskLog,
  type TaskStore,
  type WakeBus,
  type WorkLedger,
} from '@nest-a2a/store';
import { FakeClock, withMethods } from '@nest-a2a/testing';
import { DEFAULT_OPTIONS } from '../src/options/default-options.js';
import { NO_TELEMETRY } from '../src/instrumentation/no-telemetry.js';
import { type ResolvedOptions } from '../src/options/resolved-options.js';
import { newEvent, statusEvent } from '../src/tasks/new-events.js';
import { TaskJournal } from '../src/tasks/task-journal.service.js';
import { type TaskContext } from '../src/workers/task-context.js';
import { type TurnEmitter } from '../src/workers/turn-emitter.js';
import { type TurnLog } from '../src/workers/turn-log.js';
import { TurnTransactions } from '../src/workers/turn-transactions.js';
import { type Worker } from '../src/workers/worker.js';
import {
  type BoundWorker,
  type WorkerExplorer,
} from '../src/workers/worker.explorer.js';
import { WorkerRunner } from '../src/workers/worker-runner.service.js';

export const SCOPE: Scope = { agent: 'default', tenant: '', principal: 'ada' };
export const IDS = { taskId: 't1', contextId: 'c1' };
export const LEASE_MS = 15_000;

/** Options of an instance as they are by default. */
export const OPTIONS: ResolvedOptions = {
  ...DEFAULT_OPTIONS,
  runtime: memory(),
  trustProxy: false,
  idempotency: 'on',
  retention: DEFAULT_OPTIONS.retention.memory,
  push: { ...DEFAULT_OPTIONS.push, signing: false },
  principal: () => undefined,
  auditLog: false,
  telemetry: NO_TELEMETRY,
};

/** What a test puts between an instance and the store. */
export interface Faults {
  log?: Partial<TaskLog>;
  work?: Partial<WorkLedger>;
  wake?: WakeBus;
}

export function userMessage(text: string): Message {
  return {
    messageId: newId(),
    role: 'ROLE_USER',
    parts: [{ text }],
    ...IDS,
  };
}

export const state = (name: string, text?: string): NewEvent =>
  statusEvent(IDS, {
    state: `TASK_STATE_${name}` as 'TASK_STATE_WORKING',
    at: 0,
    ...(text !== undefined && { said: { parts: [{ text }] } }),
  });

/** Something that happens when a test wants it. */
export function later() {
  let now: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (now = resolve));
  return { done, now };
}

/** A worker that never ends. */
export const hang = () => new Promise<void>(() => undefined);

/** A clock whose time can be gone before any timer has fired, as after a blocked event loop. */
class LeapingClock extends FakeClock {
  private lostMs = 0;

  override now(): number {
    return super.now() + this.lostMs;
  }

  leap(ms: number): void {
    this.lostMs += ms;
  }
}

/** One database, and as many instances as a test wants. */
export class TurnLab {
  readonly clock = new LeapingClock();
  readonly store = new MemoryTaskStore(this.clock);
  readonly wake = new MemoryWakeBus();
  private readonly runners: WorkerRunner[] = [];

  /** The store as an instance with faults sees it. */
  faulty({ log = {}, work = {} }: Faults = {}): TaskStore {
    return withMethods<TaskStore>(this.store, {
      log: withMethods(this.store.log, log),
      work: withMethods(this.store.work, work),
    });
  }

  journal(store: TaskStore = this.store, wake: WakeBus = this.wake) {
    const runtime = { store, wake, close: async () => undefined };
    return new TaskJournal(runtime, OPTIONS);
  }

  /** The transactions of a turn, in a runtime that has none. */
  transactions(log: TurnLog, emitter: TurnEmitter): TurnTransactions {
    return new TurnTransactions({
      host: undefined,
      log,
      emitter,
      clock: this.clock,
      inside: new AsyncLocalStorage(),
      signal: new AbortController().signal,
      timeoutMs: OPTIONS.turn.transactionTimeoutMs,
      onLateError: () => undefined,
    });
  }

  /** Creates a task whose turn is due. */
  async create({
    taskId = IDS.taskId,
    text = 'hi',
    isAnnounced = true,
  } = {}): Promise<void> {
    const task = {
      id: taskId,
      contextId: IDS.contextId,
      status: { state: 'TASK_STATE_SUBMITTED' as const },
      history: [userMessage(text)],
    };
    await this.journal().create(
      {
        scope: SCOPE,
        taskId,
        contextId: IDS.contextId,
        events: [newEvent({ kind: 'task', task, turn: {} })],
        isAnnounced,
      },
      { access: SCOPE },
    );
  }

  /** Creates a task and takes its turn on. */
  async claimed(options: { isAnnounced?: boolean } = {}): Promise<Claim> {
    await this.create(options);
    const claim = await this.claim('owner');
    if (!claim) throw new Error('Nothing was due');
    return claim;
  }

  async claim(owner: string): Promise<Claim | undefined> {
    const [claim] = await this.store.work.claim({
      owner,
      leaseMs: LEASE_MS,
      agents: ['default'],
      max: 1,
    });
    return claim;
  }

  /** Writes events as the one who has a claim. */
  async emit({ fence }: Claim, events: NewEvent[]): Promise<void> {
    const record = await this.store.log.load('t1', {}, SYSTEM_CONTEXT);
    const expectedVersion = record?.version ?? 0;
    await this.journal().append(
      { taskId: 't1', events, expectedVersion, fence },
      SYSTEM_CONTEXT,
    );
  }

  /** A chunk of an artifact that is not the last. */
  chunk(artifactId: string): NewEvent {
    const artifact = { artifactId, parts: [{ text: 'chunk' }] };
    return newEvent({
      kind: 'artifactUpdate',
      artifactUpdate: { ...IDS, artifact },
    });
  }

  /** A message of the caller, whoever runs the task. */
  async say(text: string): Promise<void> {
    const message = userMessage(text);
    const record = await this.store.log.load('t1', {}, SYSTEM_CONTEXT);
    await this.journal().append(
      {
        taskId: 't1',
        events: [newEvent({ kind: 'message', message, turn: {} })],
        expectedVersion: record?.version ?? 0,
      },
      SYSTEM_CONTEXT,
    );
  }

  async events(taskId = IDS.taskId): Promise<readonly StoredEvent[]> {
    const range = { after: 0, limit: 100_000 };
    return this.store.log.read(taskId, range, SYSTEM_CONTEXT);
  }

  /** The log in short: `task`, `WORKING a text`, `message`, … */
  async brief(taskId = IDS.taskId): Promise<string[]> {
    return (await this.events(taskId)).map(({ body }) => {
      if (body.kind !== 'statusUpdate') return body.kind;
      const { state: name, message } = body.statusUpdate.status;
      const [part] = message?.parts ?? [];
      const text = part && 'text' in part ? ` ${part.text}` : '';
      return name.replace('TASK_STATE_', '') + text;
    });
  }

  /** One instance with a worker, that takes on turns at once. */
  start(...args: Parameters<TurnLab['runner']>): WorkerRunner {
    const runner = this.runner(...args);
    this.runners.push(runner);
    runner.start();
    return runner;
  }

  /** Ends all instances, and fails where one has left something behind. */
  async close(): Promise<void> {
    const now = Promise.resolve();
    await Promise.all(this.runners.map((runner) => runner.drain(now)));
    expect(this.clock.pendingTimers).toBe(0);
    expect(this.wake.size).toBe(0);
  }

  /** One instance with a worker. */
  runner(
    name: string,
    handle: (context: TaskContext) => ReturnType<Worker['handle']>,
    {
      directReplies = false,
      options = {},
      ...faults
    }: Faults & {
      directReplies?: boolean;
      options?: Partial<ResolvedOptions>;
    } = {},
  ): WorkerRunner {
    const store = this.faulty(faults);
    const { wake = this.wake } = faults;
    const worker: BoundWorker = {
      agent: 'default',
      directReplies,
      resolve: async () => ({ handle }),
    };
    const explorer = { explore: () => new Map([['default', worker]]) };
    const runner = new WorkerRunner(
      { store, wake, close: async () => undefined },
      this.clock,
      name,
      { ...OPTIONS, ...options },
      this.journal(store, wake),
      explorer as unknown as WorkerExplorer,
    );
    runner.onModuleInit();
    return runner;
  }
}
