import { loadIoredis } from './ioredis-package.js';
import { type RedisClient } from './redis-driver.js';
import { type RedisSettings } from './redis-options.js';

/** What an answer may take, milliseconds. */
const COMMAND_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** How long a server may take to say goodbye, milliseconds. */
const DISCONNECT_TIMEOUT_MS = 500;
const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 1_000;

/** One that sends and one that hears: a connection that subscribes does nothing else. */
export interface RedisClients {
  readonly publisher: RedisClient;
  readonly subscriber: RedisClient;
}

/**
 * For hints, old ones are worth nothing: nothing is kept for a server that is
 * away, nothing is sent twice, and nobody waits long.
 */
const CONNECTION = Object.freeze({
  keyPrefix: '',
  connectTimeout: CONNECT_TIMEOUT_MS,
  commandTimeout: COMMAND_TIMEOUT_MS,
  disconnectTimeout: DISCONNECT_TIMEOUT_MS,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  // It would subscribe again in a promise that nobody catches; we do it ourselves.
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  // Hints pass also while a server loads its data, and the right to ask for INFO is not needed.
  enableReadyCheck: false,
  lazyConnect: true,
});

const RETRY = Object.freeze({
  retryStrategy: retryDelayMs,
  reconnectOnError: null,
});

/** Clients that are not connected yet. */
export async function makeClients({
  url,
  client,
}: RedisSettings): Promise<RedisClients> {
  const make = client
    ? () => duplicateOf(client)
    : await clientsFor(url as string);
  return { publisher: make(), subscriber: make() };
}

function duplicateOf(client: RedisClient): RedisClient {
  if (client.isCluster) {
    const { keyPrefix } = CONNECTION;
    return client.duplicate([], {
      keyPrefix,
      enableOfflineQueue: false,
      enableReadyCheck: false,
      lazyConnect: true,
      clusterRetryStrategy: retryDelayMs,
      redisOptions: { keyPrefix, commandTimeout: COMMAND_TIMEOUT_MS },
    });
  }
  return client.duplicate({ ...CONNECTION, ...RETRY });
}

async function clientsFor(url: string): Promise<() => RedisClient> {
  // Loaded when it is needed: with a client of the host we need not find the package.
  const { Redis } = await loadIoredis();
  return () =>
    new Redis(url, {
      ...CONNECTION,
      ...RETRY,
      connectionName: 'nest-a2a',
      keepAlive: CONNECT_TIMEOUT_MS,
    });
}

function retryDelayMs(attempt: number): number {
  const delay = Math.min(FIRST_DELAY_MS * 2 ** attempt, MAX_DELAY_MS);
  return delay * (0.5 + Math.random() / 2);
}
