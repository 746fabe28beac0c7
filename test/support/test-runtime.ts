import { type A2AModuleOptions } from '@nest-a2a/server';
import { memory, type Runtime } from '@nest-a2a/store';
import { STORE } from './store-kind.js';
import { newFile, newSchema, type TestDatabase } from './test-database.js';

/** A key that a durable runtime needs for webhooks. */
export const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');

/** A new database of the kind that this run is on. */
export function newDatabase(): TestDatabase {
  return STORE === 'sqlite' ? newFile() : newSchema();
}

/** What this run is on. Whoever opens it has a database of its own, which goes when it is closed. */
export function testRuntime(): Runtime {
  return STORE === 'memory'
    ? memory()
    : { name: STORE, isDurable: true, open: ({ clock }) => openAlone(clock) };
}

async function openAlone(clock: Parameters<TestDatabase['open']>[0]) {
  const database = newDatabase();
  const opened = await database.open(clock);
  return {
    ...opened,
    close: async () => {
      await opened.close();
      await database.remove();
    },
  };
}

/** The same as the settings of an application. */
export function testStorage() {
  return STORE === 'memory'
    ? { runtime: 'memory' as const }
    : { runtime: testRuntime(), encryptionKey: ENCRYPTION_KEY };
}

/** The same options, for an application on what this run is on. */
export function onTestStore<T extends Partial<A2AModuleOptions>>(
  options: T,
): T {
  return STORE === 'memory' || options.runtime !== undefined
    ? options
    : {
        ...options,
        runtime: testRuntime(),
        push: { encryptionKey: ENCRYPTION_KEY, ...options.push },
      };
}
