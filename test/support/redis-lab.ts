import { type ProcessRole } from '@nest-a2a/server';
import { postgres } from '@nest-a2a/postgres';
import { redis } from '@nest-a2a/redis';
import { type Runtime, type WakeBus } from '@nest-a2a/store';
import {
  describeWithPostgres,
  startServer,
  type TestServer,
  whyNoServer,
} from './postgres-server.js';
import { describeWithOwnRedis, RedisServer } from './redis-server.js';
import { DURABLE_PUSH } from './shared-runtime.js';
import { startAgent, type TestAgent } from './test-agent.js';

/** `describe` where there are both, and Redis may be stopped; else a skipped one that says why. */
export const describeWithRedisAndPostgres =
  whyNoServer() === undefined ? describeWithOwnRedis : describeWithPostgres;

/** How long readers wait at most while Redis works, and while it does not. */
export const POLL_MS = { heard: 1_000, alone: 250 };

/** One application of several on one database. */
export interface Instance {
  readonly agent: TestAgent;
  readonly wake: WakeBus;
  readonly warnings: readonly string[];
}

/** Applications that share a schema of PostgreSQL and wake each other over Redis. */
export class RedisLab {
  readonly redis = new RedisServer();
  private readonly agents: TestAgent[] = [];
  private database: TestServer | undefined;

  async open(): Promise<void> {
    this.database = await startServer();
    await this.redis.start();
  }

  async start(roles: ProcessRole[]): Promise<Instance> {
    const warnings: string[] = [];
    const store = postgres({
      url: this.database?.url ?? '',
      schema: `redis_${process.pid}`,
      onWarning: (text) => warnings.push(text),
      wake: redis({ url: this.redis.url }),
    });
    let wake: WakeBus | undefined;
    const runtime: Runtime = {
      ...store,
      open: async (options) => {
        const opened = await store.open(options);
        wake = opened.wake;
        return opened;
      },
    };
    const agent = await startAgent({
      options: { runtime, roles, push: DURABLE_PUSH },
    });
    this.agents.push(agent);
    return { agent, wake: wake as WakeBus, warnings };
  }

  async close(): Promise<void> {
    for (const agent of this.agents) await agent.close();
    await this.redis.close();
    await this.database?.stop();
  }
}
