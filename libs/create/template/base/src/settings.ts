import { type A2AModuleOptions } from '@nest-a2a/server';
import { storageOf } from './storage.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment decides of the agent. */
export type AgentSettings = Pick<
  A2AModuleOptions,
  'runtime' | 'push' | 'publicUrl'
>;

export interface Settings extends AgentSettings {
  readonly host: string;
  readonly port: number;
}

/** @throws TypeError for what is missing or makes no sense */
export function readSettings(env: Environment): Settings {
  const port = Number(env.PORT ?? 8000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError('PORT must be a number from 0 to 65535');
  }
  return {
    host: env.HOST ?? '127.0.0.1',
    port,
    ...(env.PUBLIC_URL && { publicUrl: env.PUBLIC_URL }),
    ...storageOf(env),
  };
}
