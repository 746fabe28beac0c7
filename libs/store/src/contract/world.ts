import assert from 'node:assert/strict';
import {
  type SnapshotOptions,
  type Task,
  type TaskState,
} from '@nest-a2a/protocol';
import { type NewEvent, type StoredEvent } from '../log/task-event.js';
import {
  type Accepted,
  type AppendEvents,
  type CreateTask,
} from '../log/task-log.js';
import { type TaskRecord } from '../log/task-record.js';
import { type PushConfig } from '../push/push-config.js';
import { type DeliveryAttempt, type DueDelivery } from '../push/push-ledger.js';
import { type OriginNote } from '../push/push-origin.js';
import { SYSTEM_CONTEXT } from '../scope.js';
import { type TaskStore } from '../task-store.js';
import { type Claim, type ClaimTurns } from '../work/work-ledger.js';
import {
  ALICE,
  at,
  attemptOf,
  LONG_LEASE_MS,
  pushConfig,
  taskEvent,
  type TaskRef,
  uniqueId,
} from './builders.js';
import { type OpenedStore } from './harness.js';
import { type ContractTests } from './runner.js';

/** What was written. */
export type Written = Extract<Accepted, { kind: 'accepted' }>;

/** A task that a test has made. */
export interface Sample extends TaskRef, Written {}

/** What differs from an ordinary task. */
export type SampleOptions = Partial<Omit<CreateTask, 'events'>> & {
  readonly task?: Partial<Task>;
  /** Events after the first. */
  readonly more?: (ref: TaskRef) => readonly NewEvent[];
};

/** An attempt that failed. */
export type Failure = Partial<DeliveryAttempt> & {
  readonly seq: number;
  readonly disable?: boolean;
  readonly upTo?: number;
  /** What it says about the origin. */
  readonly origin?: OriginNote;
};

/** One store under test, and short ways to use it. */
export class World {
  readonly store: TaskStore;

  constructor(private readonly opened: OpenedStore) {
    this.store = opened.store;
  }

  advance(ms: number): Promise<void> {
    return this.opened.advance(ms);
  }

  close(): Promise<void> {
    return this.opened.close();
  }

  /** What creates an ordinary task, of Alice. */
  commandOf({ task, more, ...rest }: SampleOptions = {}): CreateTask {
    const ref = {
      taskId: rest.taskId ?? uniqueId(),
      contextId: rest.contextId ?? uniqueId(),
    };
    return {
      scope: ALICE,
      isAnnounced: true,
      ...rest,
      ...ref,
      events: [taskEvent(ref, task), ...(more?.(ref) ?? [])],
    };
  }

  async create(options: SampleOptions = {}): Promise<Sample> {
    const command = this.commandOf(options);
    const { taskId, contextId } = command;
    const answer = await this.store.log.create(command, SYSTEM_CONTEXT);
    return { taskId, contextId, ...written(answer) };
  }

  /** Creates a task whose status is from then, see {@link at}. */
  async createAt(
    seconds: number,
    {
      state = 'TASK_STATE_SUBMITTED',
      ...options
    }: SampleOptions & { readonly state?: TaskState } = {},
  ): Promise<Sample> {
    const status = { state, timestamp: at(seconds) };
    return this.create({ ...options, task: { status } });
  }

  /** Creates a task and takes it on. */
  async createRunning(
    options: SampleOptions = {},
    leaseMs = LONG_LEASE_MS,
  ): Promise<Sample & { readonly claim: Claim }> {
    const claim = { owner: 'first', leaseMs };
    const sample = await this.create({ ...options, claim });
    assert.ok(sample.claim, 'the task should be claimed when it is created');
    return { ...sample, claim: sample.claim };
  }

  /** Appends at the version of now. */
  async append(
    taskId: string,
    events: readonly NewEvent[],
    options: Partial<AppendEvents> = {},
  ): Promise<Written> {
    const { version } = await this.load(taskId);
    const command = { taskId, events, expectedVersion: version, ...options };
    return written(await this.store.log.append(command, SYSTEM_CONTEXT));
  }

  /** Loads a task that is there. */
  async load(taskId: string, options?: SnapshotOptions): Promise<TaskRecord> {
    const { log } = this.store;
    const record = await log.load(taskId, { ...options }, SYSTEM_CONTEXT);
    assert.ok(record, `task ${taskId} should be there`);
    return record;
  }

  /** All events of a task. */
  async events(taskId: string): Promise<readonly StoredEvent[]> {
    const range = { after: 0, limit: 100_000 };
    return this.store.log.read(taskId, range, SYSTEM_CONTEXT);
  }

  /** Takes turns on, under a long lease unless told otherwise. */
  async claim({
    owner = 'second',
    leaseMs = LONG_LEASE_MS,
    agents = [ALICE.agent],
    max = 100,
    ...rest
  }: Partial<ClaimTurns> = {}): Promise<readonly Claim[]> {
    const command = { owner, leaseMs, agents, max, ...rest };
    return this.store.work.claim(command);
  }

  /** Takes the only turn on that is due. */
  async claimOne(leaseMs = LONG_LEASE_MS): Promise<Claim> {
    const claims = await this.claim({ leaseMs });
    assert.equal(claims.length, 1, 'one turn should be due');
    return claims[0] as Claim;
  }

  /** Adds a configuration to a task. */
  async register(
    taskId: string,
    config: Parameters<typeof pushConfig>[0] = {},
  ): Promise<PushConfig> {
    const command = { taskId, config: pushConfig(config), maxPerTask: 10 };
    return this.store.push.put(command, SYSTEM_CONTEXT);
  }

  /** A configuration that is there. */
  async config({
    taskId,
    id,
  }: {
    taskId: string;
    id: string;
  }): Promise<PushConfig> {
    const config = await this.store.push.get(taskId, id, SYSTEM_CONTEXT);
    assert.ok(config, `configuration ${id} should be there`);
    return config;
  }

  /** Takes on what is due, under a long lease unless told otherwise. */
  async claimDue({
    owner = 'second',
    leaseMs = LONG_LEASE_MS,
    perOrigin = 100,
    max = 100,
  } = {}): Promise<readonly DueDelivery[]> {
    return this.store.push.claimDue({ owner, leaseMs, perOrigin, max });
  }

  /** Says that the events up to `seq` are delivered, and what that says about the origin. */
  async succeed(
    { fence }: DueDelivery,
    seq: number,
    origin?: OriginNote,
  ): Promise<boolean> {
    const attempt = attemptOf(fence, { seq });
    const result = { upTo: seq, attempt, ...(origin && { origin }) };
    return (await this.store.push.succeed(fence, result)) !== undefined;
  }

  /** Says that the delivery of an event failed; it is due again at `nextAt`, milliseconds. */
  async fail(
    { fence }: DueDelivery,
    { disable = false, upTo, origin, ...rest }: Failure,
  ): Promise<boolean> {
    const attempt = attemptOf(fence, { outcome: 'failed', ...rest });
    const result = {
      attempt,
      disable,
      ...(upTo !== undefined && { upTo }),
      ...(origin && { origin }),
    };
    return (await this.store.push.fail(fence, result)) !== undefined;
  }

  /** Takes on the only configuration that is due. */
  async claimOneDue(leaseMs = LONG_LEASE_MS): Promise<DueDelivery> {
    const due = await this.claimDue({ leaseMs });
    assert.equal(due.length, 1, 'one configuration should be due');
    return due[0] as DueDelivery;
  }
}

/** What was written, where something was. */
export function written(answer: Accepted): Written {
  assert.ok(answer.kind === 'accepted', 'the write should be accepted');
  return answer;
}

/** Tests of a store. */
export type StoreTests = ContractTests<World>;
