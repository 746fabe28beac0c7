/** A query as the driver takes it. */
export interface PgQuery {
  readonly text: string;
  readonly values?: readonly unknown[];
  /** Makes it a prepared statement of the connection. */
  readonly name?: string;
  readonly types?: unknown;
  readonly query_timeout?: number;
}

/** As much of an answer of the driver as we need. */
export interface PgResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** The command that was carried out, such as `COMMIT`. */
  readonly command?: string;
}

/** As much of a connection of the `pg` package as we need. */
export interface PgClient {
  /** Whether queries are sent without waiting for the answers to those before. */
  readonly pipeline?: boolean;
  /** Of a text with several statements the answer is a list. */
  query(query: PgQuery | string): Promise<PgResult>;
  on(event: string, listener: (...args: never[]) => void): unknown;
  removeListener(event: string, listener: () => void): unknown;
}

/** A connection that belongs to a pool. */
export interface PooledPgClient extends PgClient {
  /** @param destroy whether the connection must not be used again */
  release(destroy?: boolean): void;
}

/** As much of a pool of the `pg` package as we need. */
export interface PgPool {
  /** How many wait for a connection that is free. */
  readonly waitingCount?: number;
  connect(): Promise<PooledPgClient>;
  on?(event: 'connect', listener: (client: PgClient) => void): unknown;
  off?(event: 'connect', listener: (client: PgClient) => void): unknown;
}
