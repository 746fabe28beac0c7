import {
  type INestApplication,
  type NestApplicationOptions,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  FastifyAdapter,
  type NestFastifyApplication,
} from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { type AgentSettings } from './settings.js';

// Ids of webhooks are path parameters, and may be longer than Fastify allows for by itself.
const ROUTER = { routerOptions: { maxParamLength: 512 } };

/** The application as it runs, for `main.ts` and for tests. */
export function createApp(
  settings: AgentSettings,
  options: NestApplicationOptions = {},
): Promise<INestApplication> {
  return NestFactory.create<NestFastifyApplication>(
    AppModule.register(settings),
    new FastifyAdapter(ROUTER),
    options,
  );
}
