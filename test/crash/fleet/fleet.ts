import { createWriteStream, type WriteStream } from 'node:fs';
import { type Failpoint } from '@nest-a2a/testing';
import { type Fault, type WorkerRun } from '../history/history.js';
import { type Recorder } from '../history/recorder.js';
import { Instance, type InstanceWatcher } from './instance.js';
import { type InstanceSettings, type Notice } from './instance-messages.js';

/** A paused process sleeps for so many leases: long enough that another takes over. */
const PAUSE_LEASES = 1.6;
/** The lease of a webhook is its deadline and this, milliseconds. */
const PUSH_LEASE_MARGIN_MS = 10_000;

/** What a fleet is made with. */
export interface FleetOptions {
  readonly size: number;
  readonly settings: Omit<InstanceSettings, 'name'>;
  readonly recorder: Recorder;
  /** What the processes say, for whoever looks for the cause of something. */
  readonly logFile: string;
}

/**
 * The processes of the application. One that ends is replaced at once, and what
 * is armed is armed in its successor too. Every fault goes into the history.
 */
export class Fleet implements InstanceWatcher {
  private readonly slots = new Map<string, Instance>();
  private readonly armed = new Map<string, Failpoint>();
  private readonly firedWaiters = new Map<string, () => void>();
  private readonly lastRuns = new Map<string, WorkerRun>();
  private readonly runWaiters = new Map<string, (run: WorkerRun) => void>();
  private readonly resuming = new Set<Promise<void>>();
  private readonly log: WriteStream;
  private isStopping = false;
  /** Faults that this fleet has suffered, by action. */
  readonly faults = new Map<Fault['action'], number>();

  constructor(private readonly options: FleetOptions) {
    this.log = createWriteStream(options.logFile);
  }

  get instances(): readonly Instance[] {
    return [...this.slots.values()];
  }

  /** Starts all processes; resolves when they serve. */
  async start(): Promise<void> {
    this.isStopping = false;
    const names = Array.from(
      { length: this.options.size },
      (_, index) => `n${index + 1}`,
    );
    await Promise.all(names.map((name) => this.launch(name).ready));
  }

  /** Ends all processes, as a deployment does; `start` begins again. */
  async rest(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Ends all processes, for good. */
  async stop(): Promise<void> {
    await this.end('SIGKILL');
    this.log.end();
  }

  /** Arms a failpoint in every process, also in those that come later, until it fires. */
  async arm(failpoint: Failpoint): Promise<void> {
    this.armed.set(failpoint.id, failpoint);
    await Promise.all(this.instances.map((one) => one.arm(failpoint)));
  }

  disarm(id: string): void {
    this.armed.delete(id);
    this.firedWaiters.delete(id);
    this.instances.forEach((one) => one.disarm(id));
  }

  /** Resolves when the failpoint has fired. */
  fired(id: string): Promise<void> {
    return new Promise((resolve) => {
      this.firedWaiters.set(id, resolve);
    });
  }

  /** A run of a task: the last there was, or the next that comes where that is `after`. */
  async runOf(taskId: string, after?: WorkerRun): Promise<WorkerRun> {
    const last = this.lastRuns.get(taskId);
    return last && last !== after ? last : this.nextRunOf(taskId);
  }

  /** Ends the instance that runs a task, as a deployment does, as soon as one runs it. */
  async terminateOwnerOf(taskId: string): Promise<void> {
    const { instance } = await this.runOf(taskId);
    const owner = this.slots.get(instance);
    if (owner) this.terminate(owner);
  }

  killOwner({ instance }: WorkerRun): void {
    const owner = this.slots.get(instance);
    if (owner) this.kill(owner);
  }

  /** Notes that a connection was broken. */
  noteCut(point: string): void {
    this.noteFault({ action: 'cut', point });
  }

  kill(instance: Instance): void {
    if (instance.isAlive) {
      this.noteFault({ action: 'kill', instance: instance.name });
      instance.signal('SIGKILL');
    }
  }

  /** Ends a process as a deployment does. */
  terminate(instance: Instance): void {
    if (instance.isAlive) {
      this.noteFault({ action: 'stop', instance: instance.name });
      instance.signal('SIGTERM');
    }
  }

  pause(instance: Instance): void {
    if (instance.isAlive && !instance.isPaused) {
      instance.signal('SIGSTOP');
      this.resumeLater(instance, {});
    }
  }

  /** Resolves when every process serves and none is frozen. */
  async untilWell(): Promise<void> {
    await Promise.all(this.resuming);
    const starting = this.instances.filter(({ ports }) => !ports);
    if (starting.length > 0) {
      await Promise.allSettled(starting.map(({ ready }) => ready));
      await this.untilWell();
    }
  }

  onFired(instance: Instance, failpoint: Failpoint): void {
    const { id, point, action } = failpoint;
    this.armed.delete(id);
    this.instances.forEach((one) => one.disarm(id));
    if (action === 'PAUSE') {
      this.resumeLater(instance, { point });
    } else {
      const name = action === 'KILL' ? 'kill' : errorAt(point);
      this.noteFault({ action: name, instance: instance.name, point });
    }
    this.firedWaiters.get(id)?.();
    this.firedWaiters.delete(id);
  }

  onRun(
    { name }: Instance,
    { taskId, run, attempt }: Extract<Notice, { say: 'run' }>,
  ): void {
    const entry: WorkerRun = {
      kind: 'run',
      at: Date.now(),
      taskId,
      run,
      attempt,
      instance: name,
    };
    this.options.recorder.note(entry);
    this.lastRuns.set(taskId, entry);
    this.runWaiters.get(taskId)?.(entry);
    this.runWaiters.delete(taskId);
  }

  private nextRunOf(taskId: string): Promise<WorkerRun> {
    return new Promise((resolve) => {
      this.runWaiters.set(taskId, resolve);
    });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    this.isStopping = true;
    await Promise.all(
      this.instances.map(async (instance) => {
        instance.signal('SIGCONT');
        instance.signal(signal);
        await instance.exited;
      }),
    );
  }

  private resumeLater(instance: Instance, facts: Pick<Fault, 'point'>): void {
    const durationMs = this.pauseMsAt(facts.point);
    this.noteFault({
      ...facts,
      action: 'pause',
      instance: instance.name,
      durationMs,
    });
    instance.isPaused = true;
    const resumed = new Promise<void>((resolve) => {
      setTimeout(() => {
        instance.isPaused = false;
        instance.signal('SIGCONT');
        resolve();
      }, durationMs);
    });
    this.resuming.add(resumed);
    void resumed.then(() => this.resuming.delete(resumed));
  }

  /** Beyond the lease of what was going on at the point. */
  private pauseMsAt(point = ''): number {
    const { leaseMs, pushDeadlineMs } = this.options.settings.timing;
    return point.startsWith('push.')
      ? pushDeadlineMs + PUSH_LEASE_MARGIN_MS + leaseMs
      : leaseMs * PAUSE_LEASES;
  }

  /** Notes something that was done on purpose. */
  noteFault(fault: Omit<Fault, 'kind' | 'at'>): void {
    const { action } = fault;
    this.faults.set(action, (this.faults.get(action) ?? 0) + 1);
    this.options.recorder.note({ kind: 'fault', at: Date.now(), ...fault });
  }

  private launch(name: string): Instance {
    const settings = { ...this.options.settings, name };
    const armed = [...this.armed.values()];
    const instance = new Instance(settings, {
      armed,
      watcher: this,
      log: this.log,
    });
    this.slots.set(name, instance);
    void instance.exited.then(() => {
      if (!this.isStopping) this.launch(name);
    });
    return instance;
  }
}

function errorAt(point: string): Fault['action'] {
  return point.includes('before') ? 'errorBefore' : 'errorAfter';
}
