import {
  type A2AClient,
  type SendInput,
  type SendOptions,
  type StreamEvent,
  type StreamMessageOptions,
  type TaskResult,
} from '@nest-a2a/client';
import { TaskService } from '@nest-a2a/server';
import { type Clock } from '@nest-a2a/store';
import { type INestApplication, type InjectionToken } from '@nestjs/common';
import { closeApplication } from './close-application.js';

/** What a test agent is made of. */
export interface TestAgentParts<C extends Clock> {
  readonly app: INestApplication;
  readonly client: A2AClient;
  readonly url: string;
  readonly clock: C;
}

/** An agent under test: a real application, and a real client that talks to it. */
export class TestAgent<C extends Clock = Clock> {
  readonly app: INestApplication;
  readonly client: A2AClient;

  /** Where the agent is; nobody listens there unless the test asked for a port. */
  readonly url: string;

  /** What the agent takes for the time. */
  readonly clock: C;
  private closing: Promise<void> | undefined;

  constructor({ app, client, url, clock }: TestAgentParts<C>) {
    this.app = app;
    this.client = client;
    this.url = url;
    this.clock = clock;
  }

  /** The tasks as the application sees them. */
  get tasks(): TaskService {
    return this.get(TaskService);
  }

  /** A provider of the application, of whichever module. */
  get<T>(token: InjectionToken<T>): T {
    return this.app.get<T>(token, { strict: false });
  }

  /** Sends a message and waits until its task is finished or needs the caller. */
  send(input: SendInput, options?: SendOptions): Promise<TaskResult> {
    return this.client.send(input, options);
  }

  /** Sends a message and answers the events of its task as they come. */
  stream(
    input: SendInput,
    options?: StreamMessageOptions,
  ): AsyncGenerator<StreamEvent> {
    return this.client.stream(input, options);
  }

  /** Closes the client and the application; turns that still run are told by their signal. Idempotent. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  /** For `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async end(): Promise<void> {
    await this.client.close();
    await closeApplication(this.app, this.clock);
  }
}
