import { randomUUID } from 'node:crypto';
import {
  isStoreError,
  type OpenRuntime,
  SYSTEM_CONTEXT,
} from '@nest-a2a/store';
import {
  chunk,
  createTask,
  message,
  PostgresFixture,
  pushConfig,
  SCOPE,
  status,
  until,
} from '../test/postgres-fixture.js';
import { describeWithPostgres } from '../test/postgres-server.js';

const CALL = SYSTEM_CONTEXT;

describeWithPostgres('postgres, with two instances', () => {
  const fixture = new PostgresFixture();
  let one: OpenRuntime;
  let two: OpenRuntime;

  beforeAll(() => fixture.start(), 60_000);
  afterAll(() => fixture.stop());
  beforeEach(async () => {
    one = await fixture.open();
    two = await fixture.open();
  });
  afterEach(() => fixture.closeAll());

  const untilSomebodyWaits = () =>
    until(async () => {
      const waiting = await fixture.query(
        `select 1 from pg_stat_activity
         where wait_event_type = 'Lock' and query like '%${fixture.schema}%'
           and pid <> pg_backend_pid()`,
      );
      return waiting.length > 0;
    });

  it('numbers the events of many writers without gaps, and loses none that it has confirmed', async () => {
    const task = await createTask(one.store);
    const confirmed: string[] = [];
    const write = async ({ store }: OpenRuntime, count: number) => {
      for (let done = 0; done < count;) {
        const { version } = (await store.log.load(task.taskId, {}, CALL)) ?? {
          version: 0,
        };
        // Messages and chunks: the long way and the short one.
        const event = done % 2 === 0 ? chunk(task, 'x') : message('m');
        try {
          await store.log.append(
            { taskId: task.taskId, events: [event], expectedVersion: version },
            CALL,
          );
          confirmed.push(event.id);
          done += 1;
        } catch (error) {
          expect(isStoreError(error, 'VERSION_CONFLICT')).toBe(true);
        }
      }
    };
    await Promise.all(
      [one, two, one, two].map((runtime) => write(runtime, 10)),
    );
    const events = await two.store.log.read(
      task.taskId,
      { after: 0, limit: 1_000 },
      CALL,
    );
    expect(events.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 41 }, (_, index) => index + 1),
    );
    expect(
      events
        .slice(1)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...confirmed].sort());
  });

  it('gives each turn to one of many that claim at the same time', async () => {
    for (let index = 0; index < 60; index += 1) {
      await createTask(one.store);
    }
    const claim = ({ store }: OpenRuntime, owner: string) =>
      store.work.claim({
        owner,
        leaseMs: 60_000,
        max: 10,
        agents: [SCOPE.agent],
      });
    const seen: string[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        for (
          let claims = await claim(index % 2 ? one : two, `o${index}`);
          claims.length > 0;
        ) {
          seen.push(...claims.map(({ fence }) => fence.taskId));
          claims = await claim(index % 2 ? one : two, `o${index}`);
        }
      }),
    );
    expect(seen.length).toBe(60);
    expect(new Set(seen).size).toBe(60);
  });

  it('leaves no webhook behind when events come while deliveries end', async () => {
    const tasks = await Promise.all(
      Array.from({ length: 6 }, () => createTask(one.store)),
    );
    for (const { taskId } of tasks) {
      await one.store.push.put(
        { taskId, config: pushConfig('hook'), maxPerTask: 1 },
        CALL,
      );
    }
    let isWriting = true;
    const deliver = async ({ store }: OpenRuntime, owner: string) => {
      for (;;) {
        const wasWriting = isWriting;
        const due = await store.push.claimDue({
          owner,
          max: 3,
          perOrigin: 10,
          leaseMs: 60_000,
        });
        for (const { fence, config } of due) {
          const events = await store.log.read(
            config.taskId,
            { after: config.cursor, limit: 1 },
            CALL,
          );
          const upTo = events[0]?.seq ?? config.cursor;
          expect(await store.push.succeed(fence, { upTo })).toEqual({});
        }
        if (!wasWriting && due.length === 0) {
          return;
        }
      }
    };
    const write = async ({ store }: OpenRuntime, index: number) => {
      const task = tasks[index] ?? tasks[0]!;
      for (let version = 1; version <= 25; version += 1) {
        const events = [version % 3 === 0 ? chunk(task, 'x') : status(task)];
        await store.log.append(
          { taskId: task.taskId, events, expectedVersion: version },
          CALL,
        );
      }
    };
    const writers = Promise.all(
      tasks.map((_, index) => write(index % 2 ? one : two, index)),
    );
    const deliveries = Promise.all([deliver(one, 'a'), deliver(two, 'b')]);
    await writers;
    isWriting = false;
    await deliveries;
    for (const { taskId } of tasks) {
      const config = await one.store.push.get(taskId, 'hook', CALL);
      expect(config?.cursor).toBe(26);
    }
  });

  it('ends no delivery before an append has ended that came first', async () => {
    const task = await createTask(one.store);
    const { taskId } = task;
    await one.store.push.put(
      { taskId, config: pushConfig('hook'), maxPerTask: 1 },
      CALL,
    );
    await one.store.log.append(
      { taskId, events: [status(task)], expectedVersion: 1 },
      CALL,
    );
    const claim = { owner: 'a', max: 1, perOrigin: 9, leaseMs: 60_000 };
    const [due] = await two.store.push.claimDue(claim);
    const client = await fixture.pool().connect();
    await client.query('begin');
    await one.store.log.append(
      { taskId, events: [status(task)], expectedVersion: 2 },
      { ...CALL, transaction: client },
    );
    const settled = two.store.push.succeed(due!.fence, { upTo: 2 });
    await Promise.race([untilSomebodyWaits(), settled]);
    await client.query('commit');
    client.release();
    expect(await settled).toEqual({});
    expect(await two.store.push.claimDue(claim)).toMatchObject([
      { config: { cursor: 2 } },
    ]);
  });

  it('stores no value for a conversation whose last task is being removed', async () => {
    const { taskId, contextId } = await createTask(one.store);
    const client = await fixture.pool().connect();
    await client.query('begin');
    await client.query(`delete from "${fixture.schema}".task where id = $1`, [
      taskId,
    ]);
    const put = one.store.contexts
      .put(SCOPE, { contextId, value: 'v', expectedVersion: 0 })
      .then(
        () => 'ok',
        (error: { code: string }) => error.code,
      );
    await Promise.race([untilSomebodyWaits(), put]);
    await client.query('commit');
    client.release();
    expect(await put).toBe('TASK_NOT_FOUND');
  });

  it('wakes a webhook for the first event after its registration, however close they are', async () => {
    for (let round = 0; round < 25; round += 1) {
      const task = await createTask(one.store);
      const { taskId } = task;
      const [config] = await Promise.all([
        two.store.push.put(
          { taskId, config: pushConfig('hook'), maxPerTask: 1 },
          CALL,
        ),
        one.store.log.append(
          { taskId, events: [status(task)], expectedVersion: 1 },
          CALL,
        ),
      ]);
      const due = await one.store.push.claimDue({
        owner: 'a',
        max: 9,
        perOrigin: 99,
        leaseMs: 60_000,
      });
      // Registered before the event: it is for the webhook. After it: it is not.
      expect(due.length).toBe(config.cursor === 1 ? 1 : 0);
    }
  });

  it('makes one task of the same send to two instances', async () => {
    for (let round = 0; round < 10; round += 1) {
      const messageId = randomUUID();
      const answers = await Promise.all(
        [one, two, one, two].map(({ store }) =>
          createTask(store, { messageId }),
        ),
      );
      const kinds = answers.map(({ answer }) => answer.kind).sort();
      expect(kinds).toEqual(['accepted', 'replayed', 'replayed', 'replayed']);
    }
  });

  it('refuses one of two strict sends with the same messageId', async () => {
    for (let round = 0; round < 10; round += 1) {
      const messageId = randomUUID();
      const answers = await Promise.all(
        [one, two].map(async ({ store }, index) => {
          const task = await createTask(store);
          const key = { messageId, fingerprint: `f${index}`, isStrict: true };
          return store.log
            .append(
              {
                taskId: task.taskId,
                events: [message('m')],
                expectedVersion: 1,
                idempotency: key,
              },
              CALL,
            )
            .then(
              () => 'ok',
              (error: { code: string }) => error.code,
            );
        }),
      );
      expect(answers.sort()).toEqual(['MESSAGE_ID_REUSED', 'ok']);
    }
  });

  it('keeps the value of a conversation exactly as long as it has a task', async () => {
    for (let round = 0; round < 15; round += 1) {
      const contextId = randomUUID();
      const [first, second] = [
        await createTask(one.store, { contextId }),
        await createTask(one.store, { contextId }),
      ];
      const put = one.store.contexts
        .put(SCOPE, { contextId, value: 'v', expectedVersion: 0 })
        .catch((error: { code: string }) => error.code);
      await Promise.all([
        put,
        one.store.log.delete(first.taskId, CALL),
        two.store.log.delete(second.taskId, CALL),
      ]);
      expect(await one.store.contexts.load(SCOPE, contextId)).toBeUndefined();
    }
    const [left] = await fixture.query(
      'select count(*)::int as n from $schema.context',
    );
    expect(left?.n).toBe(0);
  });

  it('renews, claims and appends past a task that a transaction of the host holds', async () => {
    const held = await createTask(one.store, { owner: 'a' });
    const other = await createTask(one.store, { owner: 'a' });
    const pool = fixture.pool();
    const client = await pool.connect();
    await client.query('begin');
    await one.store.log.append(
      { taskId: held.taskId, events: [chunk(held, 'x')], expectedVersion: 1 },
      { ...CALL, transaction: client },
    );
    const fences = [held, other].map(({ claim }) => claim!.fence);
    const renewals = await two.store.work.renew({ fences, leaseMs: 60_000 });
    expect(renewals.map(({ isHeld }) => isHeld)).toEqual([true, true]);
    await createTask(two.store);
    const claims = await two.store.work.claim({
      owner: 'b',
      max: 9,
      leaseMs: 60_000,
      agents: [SCOPE.agent],
    });
    expect(claims.length).toBe(1);
    const append = {
      taskId: other.taskId,
      events: [chunk(other, 'y')],
      expectedVersion: 1,
    };
    expect(await two.store.log.append(append, CALL)).toMatchObject({
      version: 2,
    });
    await client.query('rollback');
    client.release();
    expect(await one.store.log.load(held.taskId, {}, CALL)).toMatchObject({
      version: 1,
    });
  });

  it('makes an append part of a transaction of the host', async () => {
    const task = await createTask(one.store);
    const { taskId } = task;
    const pool = fixture.pool();
    const client = await pool.connect();
    const context = { ...CALL, transaction: client };
    await client.query('begin');
    await client.query('create table if not exists invoice (id text)');
    await client.query('insert into invoice values ($1)', [taskId]);
    const append = { taskId, events: [chunk(task, 'x')], expectedVersion: 1 };
    await one.store.log.append(append, context);
    // A refusal is undone by itself, and leaves the transaction as it was.
    await expect(one.store.log.append(append, context)).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    expect(await two.store.log.load(taskId, {}, CALL)).toMatchObject({
      version: 1,
    });
    await client.query('commit');
    client.release();
    expect(await two.store.log.load(taskId, {}, CALL)).toMatchObject({
      version: 2,
    });
    expect(
      await fixture.query('select * from invoice where id = $1', [taskId]),
    ).toHaveLength(1);
    await expect(
      one.store.log.append(append, { ...CALL, transaction: {} }),
    ).rejects.toThrow(TypeError);
  });

  it('hears within a moment what another instance has written', async () => {
    const task = await createTask(one.store);
    let heard = 0;
    two.wake.on(`task:${task.taskId}`, () => (heard += 1));
    one.wake.ring([`task:${task.taskId}`]);
    await until(() => heard > 0);
    expect(heard).toBe(1);
  });
});
