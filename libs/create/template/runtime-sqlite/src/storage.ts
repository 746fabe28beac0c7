import { sqlite } from '@nest-a2a/sqlite';
import { type AgentSettings, type Environment } from './settings.js';

/** Where tasks live: in one file. */
export function storageOf(env: Environment): AgentSettings {
  const encryptionKey = env.A2A_ENCRYPTION_KEY;
  if (!encryptionKey) {
    throw new TypeError(
      'A2A_ENCRYPTION_KEY must be set; `openssl rand -base64 32` makes one',
    );
  }
  return {
    runtime: sqlite({ file: env.DATABASE_FILE ?? 'tasks.db' }),
    push: { encryptionKey },
  };
}
