import { type AddressInfo } from 'node:net';
import { type ModuleMetadata, type Provider } from '@nestjs/common';
import { type NestApplication } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  A2A_CLOCK,
  A2AModule,
  type A2AModuleOptions,
  type AgentExtras,
} from '@nest-a2a/server';
import { type Clock } from '@nest-a2a/store';
import { ScriptedWorker } from './scripted-worker.js';
import { onTestStore } from './test-runtime.js';

/** The HTTP platforms that every behaviour must be the same on. */
export const PLATFORMS = ['express', 'fastify'] as const;

export type Platform = (typeof PLATFORMS)[number];

/** What a test can decide about its agent. */
export interface TestAgentOptions {
  platform?: Platform;
  options?: Partial<A2AModuleOptions & AgentExtras>;
  providers?: Provider[];
  imports?: ModuleMetadata['imports'];
  controllers?: ModuleMetadata['controllers'];
  clock?: Clock;
  /** @default any that is free */
  port?: number;
  /** Called before the application starts. */
  before?: (app: NestApplication) => void;
}

/** An agent of a real application on a real port. */
export interface TestAgent {
  readonly app: NestApplication;
  readonly url: string;
  readonly worker: ScriptedWorker;
  close(): Promise<void>;
}

export const CARD = {
  name: 'Test Agent',
  description: 'Does what tests say.',
  version: '1.0.0',
  capabilities: { streaming: true, pushNotifications: true },
};

/** Starts an agent whose worker is scripted by the test. */
export async function startAgent({
  platform = 'express',
  options = {},
  providers = [ScriptedWorker],
  imports = [],
  controllers = [],
  clock,
  port: wanted = 0,
  before,
}: TestAgentOptions = {}): Promise<TestAgent> {
  let building = Test.createTestingModule({
    imports: [
      ...imports,
      A2AModule.forRoot(
        onTestStore({
          agentCard: CARD,
          push: { allowHttp: true, allowPrivateNetworks: true },
          ...options,
        }),
      ),
    ],
    controllers,
    providers,
  });
  if (clock) building = building.overrideProvider(A2A_CLOCK).useValue(clock);
  const module = await building.compile();
  const adapter =
    platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = module.createNestApplication<NestApplication>(adapter, {
    logger: false,
  });
  before?.(app);
  await app.listen(wanted, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    worker: app.get(ScriptedWorker, { strict: false }),
    close: () => app.close(),
  };
}
