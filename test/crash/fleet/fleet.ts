import { createWriteStream, type WriteStream } from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';
import { type Failpoint, type WakeFaultOptions } from '@nest-a2a/testing';
import { type Fault, type WorkerRun } from '../history/history.js';
import { type Recorder } from '../history/recorder.js';
import { FaultLog } from './fault-log.js';
import { Instance, type InstanceWatcher } from './instance.js';
import { type InstanceSettings, type Notice } from './instance-messages.js';
import { WorkerRuns } from './worker-runs.js';

/** A paused process sleeps for so many leases: long enough that another takes over. */
const PAUSE_LEASES = 1.6;
/** One whose event loop stands still does so for so many. */
const BLOCK_LEASES = 1.5;
/** The lease of a webhook is its deadline and this, milliseconds. */
const PUSH_LEASE_MARGIN_MS = 10_000;
const LOOK_AGAIN_MS = 20;

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
  private readonly resuming = new Set<Promise<void>>();
  private readonly log: WriteStream;
  private isStopping = false;
  /** Processes that ended though nobody had done anything to them. */
  readonly crashes: string[] = [];
  /** What the fleet has suffered. */
  readonly faults: FaultLog;
  /** Which instance works on what. */
  readonly runs: WorkerRuns;

  constructor(private readonly options: FleetOptions) {
    this.faults = new FaultLog(options.recorder);
    this.runs = new WorkerRuns(options.recorder);
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
  async close(): Promise<void> {
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

  disarmAll(): void {
    [...this.armed.keys()].forEach((id) => this.disarm(id));
  }

  /** Resolves when the failpoint has fired. */
  fired(id: string): Promise<void> {
    return new Promise((resolve) => {
      this.firedWaiters.set(id, resolve);
    });
  }

  /** Ends the instance that runs a task, as a deployment does, as soon as one runs it. */
  async terminateOwnerOf(taskId: string): Promise<void> {
    const { instance } = await this.runs.of(taskId);
    const owner = this.slots.get(instance);
    if (owner) this.stop(owner);
  }

  killOwner({ instance }: WorkerRun): void {
    const owner = this.slots.get(instance);
    if (owner) this.kill(owner);
  }

  kill(instance: Instance): void {
    if (instance.isAlive) {
      this.faults.note({ action: 'kill', instance: instance.name });
      instance.signal('SIGKILL');
    }
  }

  /** Ends a process as a deployment does. */
  stop(instance: Instance): void {
    if (instance.isAlive) {
      this.faults.note({ action: 'stop', instance: instance.name });
      instance.signal('SIGTERM');
    }
  }

  pause(instance: Instance): void {
    if (instance.isAlive && !instance.isPaused) {
      instance.signal('SIGSTOP');
      this.bringBack(instance, {
        action: 'pause',
        durationMs: this.beyondLeaseMs(),
      });
    }
  }

  /** Lets the event loop of a process stand still; it happens, and is noted, when the process reads that. */
  block(instance: Instance): void {
    const { leaseMs } = this.options.settings.timing;
    if (!instance.isPaused) instance.block(leaseMs * BLOCK_LEASES);
  }

  /** Something is wrong with all wake-ups for a while. It is noted when the first hint suffers. */
  disturbWakeUps(fault: WakeFaultOptions): void {
    this.instances.forEach((one) => one.disturbWakeUps(fault));
  }

  /** Replaces one process after the other, as a deployment does: each serves before the next goes. */
  async rollingRestart(): Promise<void> {
    const at = Date.now();
    for (const name of [...this.slots.keys()]) {
      await this.replace(name);
    }
    const durationMs = Date.now() - at;
    this.faults.note({ action: 'rollingRestart', at, durationMs });
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
    const { id } = failpoint;
    this.armed.delete(id);
    this.instances.forEach((one) => one.disarm(id));
    this.noteFired(instance, failpoint);
    this.firedWaiters.get(id)?.();
    this.firedWaiters.delete(id);
  }

  onBlocked(instance: Instance, durationMs: number): void {
    this.bringBack(instance, { action: 'block', durationMs });
  }

  onWakeFault({ name: instance }: Instance, fault: WakeFaultOptions): void {
    const { durationMs, delayMs = 0 } = fault;
    this.faults.note({
      action: wakeActionOf(fault),
      instance,
      durationMs: durationMs + delayMs,
    });
  }

  onRun({ name }: Instance, run: Extract<Notice, { say: 'run' }>): void {
    this.runs.note(name, run);
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

  private noteFired(
    instance: Instance,
    { point, action, durationMs = 0 }: Failpoint,
  ): void {
    const fault = { instance: instance.name, point };
    switch (action) {
      case 'PAUSE':
        return this.bringBack(instance, {
          action: 'pause',
          point,
          durationMs: this.beyondLeaseMs(point),
        });
      case 'BLOCK':
        return this.bringBack(instance, { action: 'block', point, durationMs });
      case 'KILL':
        return this.faults.note({ ...fault, action: 'kill' });
      case 'ERROR':
        return this.faults.note({ ...fault, action: errorAt(point) });
      case 'DELAY':
        return this.faults.note({ ...fault, action: 'delay', durationMs });
      case 'HANG':
        return this.faults.note({ ...fault, action: 'hang', durationMs });
    }
  }

  /** Notes that a process does nothing for a while, and lets it go on afterwards. */
  private bringBack(
    instance: Instance,
    fault: {
      readonly action: 'pause' | 'block';
      readonly durationMs: number;
      readonly point?: string;
    },
  ): void {
    this.faults.note({ ...fault, instance: instance.name });
    instance.isPaused = true;
    const isBack = new Promise<void>((resolve) => {
      setTimeout(() => {
        instance.isPaused = false;
        if (fault.action === 'pause') instance.signal('SIGCONT');
        resolve();
      }, fault.durationMs);
    });
    this.resuming.add(isBack);
    void isBack.then(() => this.resuming.delete(isBack));
  }

  /** Beyond the lease of what was going on at the point. */
  beyondLeaseMs(point = ''): number {
    const { leaseMs, pushDeadlineMs } = this.options.settings.timing;
    return point.startsWith('push.')
      ? pushDeadlineMs + PUSH_LEASE_MARGIN_MS + leaseMs
      : leaseMs * PAUSE_LEASES;
  }

  /** Ends a process, and waits for its successor. */
  private async replace(name: string): Promise<void> {
    const instance = this.slots.get(name);
    if (!instance) return;
    this.stop(instance);
    await instance.exited;
    while (!this.isStopping) {
      const successor = this.slots.get(name);
      // One that was killed while it started has a successor too.
      const isUp = await successor?.ready.then(
        () => true,
        () => false,
      );
      if (isUp && successor !== instance) return;
      await pass(LOOK_AGAIN_MS);
    }
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
      this.noteCrash(instance);
      if (!this.isStopping) this.launch(name);
    });
    return instance;
  }

  /** Whoever is killed, or told to end, ends by the signal. */
  private noteCrash({ name, crashCode }: Instance): void {
    if (crashCode !== undefined) {
      this.crashes.push(`${name} ended by itself, with code ${crashCode}`);
    }
  }
}

function errorAt(point: string): Fault['action'] {
  return point.includes('before') ? 'errorBefore' : 'errorAfter';
}

/** The name under which a fault of wake-ups is noted. */
export function wakeActionOf({
  fault,
}: Pick<WakeFaultOptions, 'fault'>): Fault['action'] {
  switch (fault) {
    case 'LOSE':
      return 'wakeLost';
    case 'DOUBLE':
      return 'wakeDoubled';
    case 'DELAY':
      return 'wakeDelayed';
  }
}
