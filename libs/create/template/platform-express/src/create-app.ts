import {
  type INestApplication,
  type NestApplicationOptions,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { type AgentSettings } from './settings.js';

/** The application as it runs, for `main.ts` and for tests. */
export function createApp(
  settings: AgentSettings,
  options: NestApplicationOptions = {},
): Promise<INestApplication> {
  return NestFactory.create(AppModule.register(settings), options);
}
