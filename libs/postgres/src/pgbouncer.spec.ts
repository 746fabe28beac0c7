import { setTimeout } from 'node:timers/promises';
import {
  MemoryWakeBus,
  type OpenRuntime,
  SYSTEM_CONTEXT,
  systemClock,
  type WakeBusFactory,
} from '@nest-a2a/store';
import { describeTaskStore } from '@nest-a2a/store/contract';
import pg from 'pg';
import { describeWithPgBouncer, PgBouncer } from '../test/pgbouncer.js';
import {
  chunk,
  createTask,
  PostgresFixture,
  SCOPE,
  until,
} from '../test/postgres-fixture.js';
import { postgres } from './postgres.js';
import { type PostgresOptions } from './postgres-options.js';

const runner = { describe, it, beforeEach, afterEach };
const CALL = SYSTEM_CONTEXT;

describeWithPgBouncer('behind PgBouncer', () => {
  const fixture = new PostgresFixture();
  let bouncer: PgBouncer;

  beforeAll(() => fixture.start(), 60_000);
  afterAll(() => fixture.stop());
  afterEach(() => fixture.closeAll());

  const hears = async (listener: OpenRuntime, ringer: OpenRuntime) => {
    let isHeard = false;
    const stop = listener.wake.on('work', () => (isHeard = true));
    await until(() => {
      ringer.wake.ring(['work']);
      return isHeard;
    });
    stop();
  };

  describe('in transaction mode', () => {
    beforeAll(async () => {
      bouncer = await PgBouncer.start(fixture.url, { mode: 'transaction' });
    }, 60_000);
    afterAll(() => bouncer.close());

    describeTaskStore(runner, {
      open: async () => {
        const schema = fixture.newSchema();
        const { url } = bouncer;
        // What the self-test finds out stands below: a second for each test is saved.
        const runtime = postgres({
          url,
          schema,
          wake: 'poll',
          onWarning: () => {},
        });
        return {
          ...(await runtime.open({ clock: systemClock })),
          advance: (ms) => setTimeout(ms),
        };
      },
    });

    it('warns that LISTEN does not work, and has readers poll', async () => {
      fixture.newSchema();
      const warnings: string[] = [];
      const runtime = await fixture.open({
        url: bouncer.url,
        onWarning: (text) => warnings.push(text),
      });
      expect(warnings.filter((text) => text.includes('LISTEN'))).toHaveLength(
        1,
      );
      expect(runtime.wake.pollMs).toBe(250);
      await hears(runtime, runtime);
    });

    /** The statements that the one connection to the server has after some work. */
    const preparedAfter = async (options: PostgresOptions) => {
      fixture.newSchema();
      const small = fixture.closeLater(
        await PgBouncer.start(fixture.url, {
          mode: 'transaction',
          poolSize: 1,
        }),
      );
      const { store, close } = await fixture.open({
        ...options,
        url: small.url,
      });
      await createTask(store);
      await close();
      const client = new pg.Client({ connectionString: small.url });
      await client.connect();
      const { rows } = await client.query(
        "select name from pg_prepared_statements where name like 'a2a_%'",
      );
      await client.end();
      return rows;
    };

    it('prepares nothing on connections that are others the next time', async () => {
      const other: WakeBusFactory = {
        name: 'other',
        open: async () => ({
          wake: new MemoryWakeBus(),
          close: async () => {},
        }),
      };
      expect(await preparedAfter({})).toEqual([]);
      expect(await preparedAfter({ wake: other })).toEqual([]);
      const asked = await preparedAfter({ preparedStatements: true });
      expect(asked).not.toEqual([]);
    });

    it('lets two instances share the work, on fewer connections than they ask for', async () => {
      fixture.newSchema();
      const { url } = bouncer;
      const [one, two] = [
        await fixture.open({ url, wake: 'poll' }),
        await fixture.open({ url, wake: 'poll' }),
      ];
      const tasks = await Promise.all(
        Array.from({ length: 40 }, () => createTask(one.store)),
      );
      const claimed = await Promise.all(
        [one, two].map(async ({ store }, index) => {
          const owner = `owner-${index}`;
          return store.work.claim({
            owner,
            leaseMs: 60_000,
            max: 20,
            agents: [SCOPE.agent],
          });
        }),
      );
      const ids = claimed.flat().map(({ fence }) => fence.taskId);
      expect(new Set(ids)).toEqual(new Set(tasks.map(({ taskId }) => taskId)));
      expect(ids).toHaveLength(40);
      await Promise.all(
        claimed.flatMap((claims, index) =>
          claims.map(async ({ fence }) => {
            const { store } = [two, one][index] as OpenRuntime;
            const task = tasks.find(({ taskId }) => taskId === fence.taskId)!;
            for (let version = 1; version <= 10; version += 1) {
              const events = [chunk(task, `chunk ${version}`)];
              const { taskId } = task;
              await store.log.append(
                { taskId, events, expectedVersion: version, fence },
                CALL,
              );
            }
          }),
        ),
      );
      const versions = await two.store.log.versions(ids, CALL);
      expect([...versions.values()].map(({ version }) => version)).toEqual(
        ids.map(() => 11),
      );
    });

    it('goes on without prepared statements where they were asked for', async () => {
      fixture.newSchema();
      const { url } = bouncer;
      const [one, two] = [
        await fixture.open({ url, wake: 'poll', preparedStatements: true }),
        await fixture.open({ url, wake: 'poll', preparedStatements: true }),
      ];
      const tasks = await Promise.all(
        [one, two].flatMap(({ store }) =>
          Array.from({ length: 20 }, () => createTask(store)),
        ),
      );
      const ids = tasks.map(({ taskId }) => taskId);
      expect((await one.store.log.versions(ids, CALL)).size).toBe(40);
    });
  });

  describe('in session mode', () => {
    beforeAll(async () => {
      bouncer = await PgBouncer.start(fixture.url, {
        mode: 'session',
        poolSize: 50,
      });
    }, 60_000);
    afterAll(() => bouncer.close());

    it('hears others by LISTEN', async () => {
      fixture.newSchema();
      const warnings: string[] = [];
      const options = {
        url: bouncer.url,
        onWarning: (text: string) => warnings.push(text),
      };
      const [one, two] = [
        await fixture.open(options),
        await fixture.open(options),
      ];
      expect(warnings.filter((text) => text.includes('LISTEN'))).toEqual([]);
      expect([one.wake.pollMs, two.wake.pollMs]).toEqual([1_000, 1_000]);
      await hears(one, two);
      await hears(two, one);
    });
  });
});
