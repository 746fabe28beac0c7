/** As much of a client of the `ioredis` package as we need; one for a cluster fits as well. */
export interface RedisClient {
  /** `wait` and `end`: not connected, and on its own it will not be. */
  readonly status: string;
  readonly isCluster?: boolean;
  publish(channel: string, message: string): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  connect(): Promise<unknown>;
  /** @param reconnect whether to connect again afterwards */
  disconnect(reconnect?: boolean): void;
  /** A client for the same server. For a cluster the first parameter is a list of nodes, none for the same. */
  duplicate(override?: object, overrideOptions?: object): RedisClient;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}
