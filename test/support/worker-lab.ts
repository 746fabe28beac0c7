import { TurnError } from '@nest-a2a/server';
import { httpJson, sendParams } from './a2a-http.js';
import { held, internal } from './internals.js';
import { LogCollector } from './log-collector.js';
import { endings } from './running-task.js';
import { type Behaviour } from './scripted-worker.js';
import { StoreClock } from './store-clock.js';
import {
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from './test-agent.js';
import { until } from './until.js';

/** What a faulty worker tries to tell the caller. */
export const SECRET = 'postgres://user:password@10.0.0.1';

/** What the caller reads instead. */
export const FAILED_TEXT = 'The agent failed to process the message.';

/** An agent for workers that do something wrong, and what became of their tasks. */
export class WorkerLab {
  private constructor(
    readonly agent: TestAgent,
    readonly clock: StoreClock,
    private logCollector = new LogCollector(),
  ) {}

  static async start(
    options: TestAgentOptions['options'] = {},
  ): Promise<WorkerLab> {
    const clock = new StoreClock();
    return new WorkerLab(await startAgent({ clock, options }), clock);
  }

  /** What the operator reads since the last `beforeEach`. */
  get logs(): LogCollector {
    return this.logCollector;
  }

  /** Forgets what the operator has read. */
  beginTest(): void {
    this.logCollector = new LogCollector();
    this.agent.app.useLogger(this.logCollector);
  }

  /** Resolves when no turn runs any more. */
  async endTest(): Promise<void> {
    await until(() => held(this.agent.app).turns === 0, 'turns to end');
  }

  on(text: string, behaviour: Behaviour): void {
    this.agent.worker.on(text, behaviour);
  }

  /** Sends a message and waits for its task. */
  async send(text: string): Promise<any> {
    const params = sendParams(text);
    const { url } = this.agent;
    const { body } = await httpJson.call(url, 'SendMessage', params);
    return body.task;
  }

  /** The states in the log of a task that end it. */
  endings(taskId: string): Promise<string[]> {
    const { store } = internal(this.agent.app, 'TaskFollower');
    return endings(store, taskId);
  }

  /** Expects that a task has failed once, with a text that says nothing, and that the operator can read more. */
  async expectFailure(task: any, text: string, log: RegExp): Promise<void> {
    expect(task.status.state).toBe('TASK_STATE_FAILED');
    expect(task.status.message.parts).toEqual([{ text }]);
    expect(JSON.stringify(task)).not.toContain(SECRET);
    expect(await this.logs.find(log)).toContain(task.id);
    expect(await this.endings(task.id)).toEqual(['TASK_STATE_FAILED']);
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}

/** The code of what a call of a worker throws; `undefined` where it does not. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof TurnError ? error.code : String(error);
}
