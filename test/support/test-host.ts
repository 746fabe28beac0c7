import { type AddressInfo, type Server } from 'node:net';
import {
  Module,
  type ModuleMetadata,
  type NestApplicationOptions,
} from '@nestjs/common';
import { type NestApplication, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type Platform } from './test-agent.js';

/** What a test can decide about an application. */
export interface TestHostOptions {
  platform?: Platform;
  application?: NestApplicationOptions;
  /** Called before the application starts. */
  before?: (app: NestApplication) => void;
}

/** A whole application on a real port, made the way its `main.ts` would make it. */
export interface TestHost {
  readonly app: NestApplication;
  readonly url: string;
  close(): Promise<void>;
}

/** Starts an application with this root module. */
export async function startHost(
  metadata: ModuleMetadata,
  { platform = 'express', application, before }: TestHostOptions = {},
): Promise<TestHost> {
  class AppModule {}
  Module(metadata)(AppModule);
  const adapter =
    platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create<NestApplication>(AppModule, adapter, {
    logger: false,
    abortOnError: false,
    ...application,
  });
  try {
    before?.(app);
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  const server = app.getHttpServer() as Server;
  const { port } = server.address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}`, close: () => app.close() };
}
