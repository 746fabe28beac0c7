import { postgres } from '@nest-a2a/postgres';
import { type AgentSettings, type Environment } from './settings.js';

/** Where tasks live: in a database that instances share. */
export function storageOf(env: Environment): AgentSettings {
  const { DATABASE_URL: url, A2A_ENCRYPTION_KEY: encryptionKey } = env;
  if (!url) {
    throw new TypeError('DATABASE_URL must be set');
  }
  if (!encryptionKey) {
    throw new TypeError(
      'A2A_ENCRYPTION_KEY must be set; `openssl rand -base64 32` makes one',
    );
  }
  return { runtime: postgres({ url }), push: { encryptionKey } };
}
