import { assertKnownOptions, type WakeBusFactory } from '@nest-a2a/store';
import { type PgPool } from './pg-driver.js';

/** Where and how {@link postgres} keeps tasks. One of `url` and `pool` is there. */
export interface PostgresOptions {
  /**
   * `postgres://user:password@host:port/database`, or `postgresql://`. For a socket
   * of Unix: `postgres:///database?host=/var/run/postgresql`.
   */
  readonly url?: string;
  /**
   * A pool of the `pg` package that the host has, in place of `url`. It stays
   * the host's: it is not closed, and one of its connections listens as long as
   * `wake` is `notify`.
   */
  readonly pool?: PgPool;
  /** The schema of the tables. @default 'a2a' */
  readonly schema?: string;
  /**
   * `notify`: instances tell each other by NOTIFY, after the commit. Where LISTEN
   * does not work, as behind PgBouncer in transaction mode, they poll, and a
   * warning says so. `poll`: they look by themselves. Or another way to tell each
   * other, such as `redis({ url })` of `@nest-a2a/redis`.
   *
   * @default 'notify'
   */
  readonly wake?: 'notify' | 'poll' | WakeBusFactory;
  /**
   * `apply`: creates the schema and brings it up to date when the runtime opens,
   * one instance at a time. `verify`: refuses to open with one that is not.
   *
   * @default 'apply'
   */
  readonly migrations?: 'apply' | 'verify';
  /** Connections of the pool that is made for `url`. @default 10 */
  readonly maxConnections?: number;
  /** After this time a statement that has no answer is given up: `UNAVAILABLE`, milliseconds. @default 10_000 */
  readonly statementTimeoutMs?: number;
  /**
   * Whether statements are prepared once for each connection. A pooler that
   * changes connections between transactions may not bear that; the first error
   * that says so turns it off.
   *
   * @default true where LISTEN works, also where `wake` is something else; false where it does not and for `wake: 'poll'`
   */
  readonly preparedStatements?: boolean;
  /** Is told what an operator should know. @default process.emitWarning */
  readonly onWarning?: (message: string) => void;
}

/** Options that are complete. */
export type PostgresSettings = Required<
  Omit<PostgresOptions, 'url' | 'pool' | 'preparedStatements'>
> &
  Pick<PostgresOptions, 'url' | 'pool' | 'preparedStatements'>;

const NAMES: readonly (keyof PostgresOptions)[] = [
  'url',
  'pool',
  'schema',
  'wake',
  'migrations',
  'maxConnections',
  'statementTimeoutMs',
  'preparedStatements',
  'onWarning',
];

/** The longest name that PostgreSQL does not cut, in bytes, less what we add for a channel. */
const MAX_SCHEMA_BYTES = 50;

/** The schema of the tables where nobody says. */
export const DEFAULT_SCHEMA = 'a2a';

const DEFAULTS = Object.freeze({
  schema: DEFAULT_SCHEMA,
  wake: 'notify',
  migrations: 'apply',
  maxConnections: 10,
  statementTimeoutMs: 10_000,
  onWarning: (message: string) =>
    process.emitWarning(message, { type: 'NestA2AWarning' }),
}) satisfies Partial<PostgresSettings>;

/**
 * Completes and checks options.
 *
 * @throws TypeError
 */
export function settingsOf(options: PostgresOptions): PostgresSettings {
  assertKnownOptions('postgres()', options, NAMES);
  const settings = { ...DEFAULTS, ...options };
  const { url, pool, schema, maxConnections, statementTimeoutMs } = settings;
  if ((url === undefined) === (pool === undefined)) {
    throw new TypeError('postgres() takes one of "url" and "pool"');
  }
  if (url !== undefined) {
    assertUrl(url);
  }
  assertWords(settings);
  assertKinds(settings);
  assertSchemaName(schema);
  assertPositive({ maxConnections, statementTimeoutMs });
  return settings;
}

/**
 * Checks the name of a schema.
 *
 * @throws TypeError
 */
export function assertSchemaName(schema: string): void {
  if (
    schema === '' ||
    schema.includes('\u0000') ||
    Buffer.byteLength(schema) > MAX_SCHEMA_BYTES
  ) {
    throw new TypeError(
      `"schema" of postgres() has 1 to ${MAX_SCHEMA_BYTES} bytes and no NUL`,
    );
  }
}

/** The driver takes whatever it does not understand for the server of this machine. */
function assertUrl(url: unknown): void {
  const isUrl =
    typeof url === 'string' &&
    /^postgres(ql)?:\/\//i.test(url) &&
    // A user without a host, as for a socket, is known to PostgreSQL and not to WHATWG.
    URL.canParse(url.replace('@/', '@host/'));
  if (!isUrl) {
    throw new TypeError(
      '"url" of postgres() begins with postgres:// or postgresql://',
    );
  }
}

function assertWords({ wake, migrations }: PostgresSettings): void {
  if (!['apply', 'verify'].includes(migrations)) {
    throw new TypeError('"migrations" of postgres() is "apply" or "verify"');
  }
  if (!['notify', 'poll'].includes(wake as string) && !isFactory(wake)) {
    throw new TypeError(
      '"wake" of postgres() is "notify", "poll", or another way such as redis({ url })',
    );
  }
}

function assertKinds(settings: PostgresSettings): void {
  const { pool, preparedStatements, onWarning } = settings;
  if (pool !== undefined && typeof pool?.connect !== 'function') {
    throw new TypeError('"pool" of postgres() is a pool of the "pg" package');
  }
  if (!['boolean', 'undefined'].includes(typeof preparedStatements)) {
    throw new TypeError('"preparedStatements" of postgres() is true or false');
  }
  if (typeof onWarning !== 'function') {
    throw new TypeError('"onWarning" of postgres() is a function');
  }
}

function isFactory(wake: unknown): boolean {
  const { open } = (wake ?? {}) as { open?: unknown };
  return typeof open === 'function';
}

function assertPositive(numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new TypeError(`"${name}" of postgres() is a number from 1 on`);
    }
  }
}
