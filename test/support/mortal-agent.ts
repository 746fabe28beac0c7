import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type DeliveryAttempt } from '@nest-a2a/store';
import { type Failpoint } from '@nest-a2a/testing';
import { jsonRpc, sendParams } from './a2a-http.js';
import { until } from './until.js';

const SUPPORT = join(process.cwd(), 'test/support');
const START_MS = 60_000;

/** A SQLite file, or a schema of PostgreSQL. */
export type DurableStore =
  { readonly file: string } | { readonly url: string; readonly schema: string };

/** What an agent in a process of its own is told. */
export interface MortalSettings {
  readonly store: DurableStore;
  readonly push: object;
  /** Where it dies. @default nowhere */
  readonly failpoint?: Failpoint;
}

/** What an agent in a process of its own is told later on. */
export type MortalOrder = 'go on' | 'close';

/** An agent in a process of its own, which a test may kill or freeze. */
export class MortalAgent {
  /** What it has said of its attempts. */
  readonly attempts: DeliveryAttempt[] = [];
  /** Resolves with the signal that has ended it; `null` where none did. */
  readonly ended: Promise<NodeJS.Signals | null>;
  private listensAt: string | undefined;

  private constructor(private readonly child: ChildProcess) {
    this.ended = once(child, 'exit').then(([, signal]) => signal);
    child.on('message', (message: { url?: string; attempt?: never }) => {
      this.listensAt ??= message.url;
      if (message.attempt) this.attempts.push(message.attempt);
    });
  }

  /** @param env of the process, beside that of the test */
  static async start(
    settings: MortalSettings,
    env: NodeJS.ProcessEnv = {},
  ): Promise<MortalAgent> {
    const child = fork(
      join(SUPPORT, 'run-typescript.mjs'),
      [join(SUPPORT, 'webhook-agent.ts'), JSON.stringify(settings)],
      {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: { ...process.env, ...env },
      },
    );
    const agent = new MortalAgent(child);
    const hasBegun = () => agent.listensAt !== undefined || agent.isOver;
    await until(hasBegun, 'an agent that listens', START_MS);
    return agent;
  }

  private get isOver(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Where it listens. */
  get url(): string {
    return this.listensAt ?? '';
  }

  /** Sends a message with a webhook. The task goes on once it is known: its process may die of that. @returns its id */
  async send(webhook: object): Promise<string> {
    const configuration = {
      returnImmediately: true,
      taskPushNotificationConfig: webhook,
    };
    const params = sendParams('hi', { configuration });
    const answer = await jsonRpc.call(this.url, 'SendMessage', params);
    this.order('go on');
    return jsonRpc.result(answer).task.id as string;
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }

  /** Shuts it down as an operator does, and waits for that. */
  async close(): Promise<void> {
    this.order('close');
    await this.ended;
  }

  /** Ends what a test has left. */
  async end(): Promise<void> {
    if (this.isOver) return;
    // What is frozen dies only of this.
    this.child.kill('SIGKILL');
    await this.ended;
  }

  private order(order: MortalOrder): void {
    this.child.send(order);
  }
}
