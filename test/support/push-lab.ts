import { PushNotificationService } from '@nest-a2a/server';
import { type DeliveryAttempt } from '@nest-a2a/store';
import { WebhookSink } from '@nest-a2a/testing';
import { jsonRpc, sendParams } from './a2a-http.js';
import { DeliveryRecorder } from './delivery-recorder.js';
import { Gate } from './gate.js';
import { LeapClock } from './leap-clock.js';
import { LogCollector } from './log-collector.js';
import {
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from './test-agent.js';

export const CREATE = 'CreateTaskPushNotificationConfig';
export const GET = 'GetTaskPushNotificationConfig';
export const LIST = 'ListTaskPushNotificationConfigs';
export const DELETE = 'DeleteTaskPushNotificationConfig';

/** Webhooks of tests are here, which production would not allow. */
export const LOCAL_PUSH = { allowHttp: true, allowPrivateNetworks: true };

const LONG_MS = 365 * 86_400_000;
const SECOND_MS = 1_000;

/** What a test wants of its lab. */
export interface PushLabOptions extends Omit<TestAgentOptions, 'clock'> {
  push?: object;
  /** Where several applications have one time. */
  clock?: LeapClock;
}

/** A task whose worker says `step n` each time that the test wants, and then completes. */
export interface SteppedTask {
  readonly taskId: string;
  step(number: number): void;
}

/**
 * An agent with webhook receivers. Its time stands still unless the test leaps:
 * what nobody wakes never happens.
 */
export class PushLab {
  readonly logs = new LogCollector();
  private readonly sinks: WebhookSink[] = [];
  private readonly gates: Gate[] = [];

  private constructor(
    readonly agent: TestAgent,
    readonly clock: LeapClock,
    readonly recorder: DeliveryRecorder,
  ) {
    agent.app.useLogger(this.logs);
  }

  static async start({
    push = {},
    options,
    clock = new LeapClock(),
    ...rest
  }: PushLabOptions = {}): Promise<PushLab> {
    const agent = await startAgent({
      clock,
      options: {
        push: { ...LOCAL_PUSH, ...push },
        retention: { finishedMs: LONG_MS },
        ...options,
      },
      ...rest,
    });
    return new PushLab(agent, clock, new DeliveryRecorder(agent.app));
  }

  get service(): PushNotificationService {
    return this.agent.app.get(PushNotificationService);
  }

  async openSink(): Promise<WebhookSink> {
    const sink = await WebhookSink.open();
    this.sinks.push(sink);
    return sink;
  }

  /** A gate that is open at the end of the test at the latest. */
  newGate(): Gate {
    const gate = new Gate();
    this.gates.push(gate);
    return gate;
  }

  /** The result of an operation, over JSON-RPC. */
  async call(operation: string, params: object): Promise<any> {
    const answer = await jsonRpc.call(this.agent.url, operation, params);
    return jsonRpc.result(answer);
  }

  /** Sends a message without waiting for its end. @returns the id of the task */
  async send(text: string, config?: object, rest?: object): Promise<string> {
    const configuration = {
      returnImmediately: true,
      ...(config && { taskPushNotificationConfig: config }),
    };
    const params = sendParams(text, { configuration, ...rest });
    const { task } = await this.call('SendMessage', params);
    return task.id as string;
  }

  /** Resolves when the worker is at its first step. */
  async steppedTask(config?: object, steps = 3): Promise<SteppedTask> {
    const gates = Array.from({ length: steps }, () => this.newGate());
    this.agent.worker.on('stepped', async (context) => {
      for (const [index, gate] of gates.entries()) {
        await gate.pass();
        await context.sendStatus(`step ${index + 1}`);
      }
      await context.complete();
    });
    const taskId = await this.send('stepped', config);
    await gates[0]?.reached;
    return { taskId, step: (number) => gates[number - 1]?.open() };
  }

  /** Waits for the attempt of this number, then leaps to when the next one is due. */
  async leapAfter(count: number): Promise<DeliveryAttempt> {
    const attempt = await this.recorder.nth(count);
    if (attempt.nextAt === undefined) {
      throw new TypeError(`Attempt ${count} is the last of its event`);
    }
    await this.clock.leapTo(attempt.nextAt);
    return attempt;
  }

  async close(): Promise<void> {
    this.gates.forEach((gate) => gate.open());
    for (const sink of this.sinks) await sink.close();
    await this.agent.close();
  }

  /** Shuts the agent down while its time goes on. */
  async closeAgentInTime(): Promise<void> {
    let isClosed = false;
    const closing = this.agent.close().then(() => (isClosed = true));
    while (!isClosed) await this.clock.leapTo(this.clock.now() + SECOND_MS);
    await closing;
  }
}
