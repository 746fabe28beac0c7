import { setTimeout } from 'node:timers/promises';
import { systemClock } from '@nest-a2a/store';
import { describeTaskStore, describeWakeBus } from '@nest-a2a/store/contract';
import {
  describeWithPostgres,
  startServer,
  type TestServer,
} from '../test/postgres-server.js';
import { postgres } from './postgres.js';

const runner = { describe, it, beforeEach, afterEach };

describeWithPostgres('postgres', () => {
  let server: TestServer;
  let schemas = 0;

  beforeAll(async () => {
    server = await startServer();
  }, 60_000);

  afterAll(() => server.stop());

  const newSchema = () => `t${process.pid}_${++schemas}`;

  const openIn = (schema: string) =>
    postgres({ url: server.url, schema, onWarning: () => {} }).open({
      clock: systemClock,
    });

  describeTaskStore(runner, {
    open: async () => ({
      ...(await openIn(newSchema())),
      advance: (ms) => setTimeout(ms),
    }),
  });

  describeWakeBus(runner, {
    open: async () => {
      const schema = newSchema();
      const [one, two] = [await openIn(schema), await openIn(schema)];
      const close = async () => {
        await Promise.all([one.close(), two.close()]);
      };
      return { wake: one.wake, peer: two.wake, close };
    },
  });
});
