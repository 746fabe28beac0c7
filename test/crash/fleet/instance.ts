import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Failpoint, type WakeFaultOptions } from '@nest-a2a/testing';
import {
  type Command,
  type InstanceSettings,
  type Notice,
} from './instance-messages.js';

const AGENT = join(import.meta.dirname, '../agent/main.js');
const START_TIMEOUT_MS = 60_000;

/** What an instance tells whoever watches it. */
export interface InstanceWatcher {
  onFired(instance: Instance, failpoint: Failpoint): void;
  onBlocked(instance: Instance, durationMs: number): void;
  onWakeFault(instance: Instance, fault: WakeFaultOptions): void;
  onRun(instance: Instance, run: Extract<Notice, { say: 'run' }>): void;
}

/** Ports of an instance that listens. */
export interface InstancePorts {
  readonly http: number;
  readonly grpc: number;
}

/** One process of the application. */
export class Instance {
  private readonly child: ChildProcess;
  private readonly calls = new Map<number, (notice: Notice) => void>();
  private nextCall = 1;
  private listening: InstancePorts | undefined;
  private markReady: (ports: InstancePorts) => void = () => undefined;
  /** Resolves when it serves. Rejects where it ends before. */
  readonly ready: Promise<InstancePorts>;
  readonly exited: Promise<unknown>;
  readonly startedAt = Date.now();
  isPaused = false;

  constructor(
    readonly settings: InstanceSettings,
    private readonly options: {
      readonly armed: readonly Failpoint[];
      readonly watcher: InstanceWatcher;
      readonly log: WriteStream;
    },
  ) {
    this.child = fork(AGENT, {
      execArgv: ['--expose-gc', '--enable-source-maps'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        NO_COLOR: '1',
        LAB_INSTANCE: JSON.stringify(settings),
        LAB_ARMED: JSON.stringify(options.armed),
      },
    });
    this.exited = once(this.child, 'exit');
    this.ready = this.untilReady();
    // One that is killed while it starts has a successor: whoever waits asks the fleet.
    this.ready.catch(() => undefined);
    this.readLines();
  }

  get name(): string {
    return this.settings.name;
  }

  /** Where it listens, while it does. */
  get ports(): InstancePorts | undefined {
    return this.isAlive ? this.listening : undefined;
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** With which code it ended by itself while it served, though nobody had told it to. */
  get crashCode(): number | undefined {
    const { exitCode } = this.child;
    return this.listening && exitCode ? exitCode : undefined;
  }

  /** Arms a failpoint; resolves when it is. An instance that is frozen or gone is not waited for. */
  async arm(failpoint: Failpoint): Promise<void> {
    await this.ask((call) => ({ do: 'arm', failpoint, call }));
  }

  disarm(id: string): void {
    this.send({ do: 'disarm', id });
  }

  /** Lets its event loop stand still, as soon as it reads that. */
  block(durationMs: number): void {
    this.send({ do: 'block', durationMs });
  }

  disturbWakeUps(fault: WakeFaultOptions): void {
    this.send({ do: 'disturbWakeUps', fault });
  }

  /** What the process holds, or `undefined` where it is gone. */
  async count(): Promise<Readonly<Record<string, number>> | undefined> {
    const answer = await this.ask((call) => ({ do: 'count', call }));
    return answer?.say === 'counted' ? answer.counts : undefined;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  private async untilReady(): Promise<InstancePorts> {
    const ready = new Promise<InstancePorts>((resolve) => {
      this.markReady = resolve;
    });
    const late = AbortSignal.timeout(START_TIMEOUT_MS);
    const failed = Promise.race([this.exited, once(late, 'abort')]).then(() => {
      throw new Error(`${this.name} did not start`);
    });
    return Promise.race([ready, failed]);
  }

  private readLines(): void {
    const { stdout, stderr } = this.child;
    if (!stdout || !stderr) {
      return;
    }
    createInterface({ input: stdout }).on('line', (line) => this.read(line));
    createInterface({ input: stderr }).on('line', (line) => this.note(line));
  }

  private read(line: string): void {
    if (line.startsWith('{"say":')) {
      this.hear(JSON.parse(line) as Notice);
    } else {
      this.note(line);
    }
  }

  private note(line: string): void {
    this.options.log.write(`${Date.now()} ${this.name} ${line}\n`);
  }

  private hear(notice: Notice): void {
    const { watcher } = this.options;
    switch (notice.say) {
      case 'ready':
        this.listening = { http: notice.port, grpc: notice.grpcPort };
        return this.markReady(this.listening);
      case 'fired':
        return watcher.onFired(this, notice.failpoint);
      case 'blocked':
        return watcher.onBlocked(this, notice.durationMs);
      case 'wakeFault':
        return watcher.onWakeFault(this, notice.fault);
      case 'run':
        return watcher.onRun(this, notice);
      case 'armed':
      case 'counted':
        return this.calls.get(notice.call)?.(notice);
    }
  }

  private async ask(
    commandOf: (call: number) => Command,
  ): Promise<Notice | undefined> {
    const call = this.nextCall++;
    if (!this.isAlive || this.isPaused) {
      // One that is frozen reads it when it goes on.
      this.send(commandOf(call));
      return undefined;
    }
    const answered = new Promise<Notice>((resolve) => {
      this.calls.set(call, resolve);
    });
    this.send(commandOf(call));
    const gone = this.exited.then(() => undefined);
    try {
      return await Promise.race([answered, gone]);
    } finally {
      this.calls.delete(call);
    }
  }

  private send(command: Command): void {
    if (this.child.connected) {
      this.child.send(command, () => undefined);
    }
  }
}
