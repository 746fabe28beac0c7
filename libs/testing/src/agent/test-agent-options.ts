import { type A2AClientOptions } from '@nest-a2a/client';
import {
  type A2AModuleOptions,
  type AgentExtras,
  type TaskContext,
  type Worker,
} from '@nest-a2a/server';
import { type Clock } from '@nest-a2a/store';
import {
  type INestApplication,
  type LoggerService,
  type LogLevel,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { type AbstractHttpAdapter } from '@nestjs/core';
import { type TestingModuleBuilder } from '@nestjs/testing';

/** What can be tested as a worker: its class, with `@A2AWorker()` or without, an instance, or its method alone. */
export type TestedWorker =
  | Type<Worker>
  | Worker
  | ((context: TaskContext) => ReturnType<Worker['handle']>);

/** What a test decides about its agent; everything has a default. */
export interface TestAgentOptions<C extends Clock = Clock> extends Pick<
  ModuleMetadata,
  'imports' | 'controllers' | 'providers'
> {
  /**
   * Options of `A2AModule.forRoot`.
   *
   * @default a card, streaming and webhooks to this machine; tasks in memory; nothing is waited for when it closes
   */
  readonly a2a?: Partial<A2AModuleOptions & AgentExtras> | undefined;

  /** Changes the application before it is compiled: `(module) => module.overrideProvider(Sales).useValue(sales)`. */
  readonly override?:
    ((module: TestingModuleBuilder) => TestingModuleBuilder) | undefined;

  /** Changes the application before it starts, as its `main.ts` does: prefixes, global guards, pipes. */
  readonly setUp?: ((app: INestApplication) => void) | undefined;

  /** The platform: `new FastifyAdapter()`. @default that of Nest: Express */
  readonly adapter?: AbstractHttpAdapter | undefined;

  /**
   * Listens on this port of 127.0.0.1, 0 for any that is free.
   *
   * @default none: the client reaches the application in memory
   */
  readonly port?: number | undefined;

  /** What the agent takes for the time; a `FakeClock` stands still until the test moves it. @default the time */
  readonly clock?: C | undefined;

  /** Options of the client. */
  readonly client?: A2AClientOptions | undefined;

  /** @default false */
  readonly logger?: LoggerService | LogLevel[] | false | undefined;
}
