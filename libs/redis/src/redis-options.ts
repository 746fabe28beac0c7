import { assertKnownOptions } from '@nest-a2a/store';
import { type RedisClient } from './redis-driver.js';

/** Where {@link redis} is. One of `url` and `client` is there. */
export interface RedisOptions {
  /** `redis://user:password@host:port`; `rediss://` for TLS. Publishing and subscribing knows no databases. */
  readonly url?: string;
  /**
   * A client of the `ioredis` package that the host has, in place of `url`: for a
   * cluster, for Sentinel, for certificates of one's own. It says how to connect
   * and is not used itself: two more like it are made, and closed at the end.
   */
  readonly client?: RedisClient;
  /** What the channels begin with. Those with different ones do not hear each other. @default 'a2a' */
  readonly channelPrefix?: string;
  /** Is told when Redis does not pass on wake-ups, and when it does again. @default what the store has */
  readonly onWarning?: (message: string) => void;
}

/** Options that are complete. */
export type RedisSettings = RedisOptions &
  Required<Pick<RedisOptions, 'channelPrefix'>>;

const NAMES: readonly (keyof RedisOptions)[] = [
  'url',
  'client',
  'channelPrefix',
  'onWarning',
];

/**
 * Completes and checks options.
 *
 * @throws TypeError
 */
export function settingsOf(options: RedisOptions): RedisSettings {
  assertKnownOptions('redis()', options, NAMES);
  const { url, client, channelPrefix = 'a2a' } = options;
  if ((url === undefined) === (client === undefined)) {
    throw new TypeError('redis() takes one of "url" and "client"');
  }
  if (url !== undefined && !isRedisUrl(url)) {
    throw new TypeError(
      '"url" of redis() begins with redis:// or rediss:// and names a host',
    );
  }
  if (channelPrefix === '') {
    throw new TypeError('"channelPrefix" of redis() is not empty');
  }
  return { ...options, channelPrefix };
}

function isRedisUrl(url: string): boolean {
  // The message of the error that `new URL` throws may say the password.
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return (
    parsed !== undefined &&
    ['redis:', 'rediss:'].includes(parsed.protocol) &&
    parsed.hostname !== ''
  );
}
