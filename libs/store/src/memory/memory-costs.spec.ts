import { TaskFold } from '@nest-a2a/protocol';
import { FakeClock } from '@nest-a2a/testing';
import {
  ALICE,
  chunkEvent,
  completed,
  LONG_LEASE_MS,
  momentOf,
  statusEvent,
} from '../contract/builders.js';
import { World } from '../contract/world.js';
import { LogFold } from '../fold/log-fold.js';
import { SYSTEM_CONTEXT } from '../scope.js';
import { MemoryTaskStore } from './memory-task-store.js';
import { MemoryWakeBus } from './memory-wake-bus.js';

function openWorld() {
  const clock = new FakeClock();
  const store = new MemoryTaskStore(clock);
  const world = new World({
    store,
    wake: new MemoryWakeBus(),
    advance: (ms) => clock.advance(ms),
    close: async () => {},
  });
  return { world, store, clock };
}

/** Characters of JSON read and written while chunks are appended one by one. */
async function costOf(chunks: number): Promise<number> {
  const { world } = openWorld();
  const task = await world.createRunning();
  const { fence } = task.claim;
  const write = jest.spyOn(JSON, 'stringify');
  const read = jest.spyOn(JSON, 'parse');
  for (let index = 0; index < chunks; index += 1) {
    const { taskId } = task;
    const events = [chunkEvent(task, 'some text')];
    const expectedVersion = index + 1;
    const command = { taskId, events, expectedVersion, fence };
    await world.store.log.append(command, SYSTEM_CONTEXT);
  }
  const written = write.mock.results.map(({ value }) => String(value).length);
  const parsed = read.mock.calls.map(([text]) => text.length);
  return [...written, ...parsed].reduce((sum, length) => sum + length, 0);
}

describe('the cost of the in-memory store', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is that of the chunk for each chunk that is appended', async () => {
    const few = await costOf(100);
    jest.restoreAllMocks();
    const many = await costOf(10_000);
    expect(few).toBeGreaterThan(0);
    expect(many / few).toBeCloseTo(100, 5);
  });

  it('folds each event once, and copies no task to append', async () => {
    const apply = jest.spyOn(LogFold.prototype, 'apply');
    const snapshot = jest.spyOn(TaskFold.prototype, 'snapshot');
    const { world } = openWorld();
    const task = await world.create();
    for (let index = 0; index < 50; index += 1) {
      const { taskId } = task;
      const events = [chunkEvent(task, 'x')];
      const command = { taskId, events, expectedVersion: index + 1 };
      await world.store.log.append(command, SYSTEM_CONTEXT);
    }
    expect(apply).toHaveBeenCalledTimes(51);
    expect(snapshot).not.toHaveBeenCalled();
  });
});

describe('what the in-memory store keeps', () => {
  it('is nothing when all tasks are gone', async () => {
    const { world, store } = openWorld();
    const empty = store.counts();
    const seen: object[] = [];
    for (let index = 0; index < 20; index += 1) {
      const scope = { ...ALICE, principal: `p${index % 3}` };
      const contextId = `c${index % 4}`;
      const idempotency = { messageId: `m${index}`, fingerprint: 'f' };
      const options = { scope, contextId, idempotency };
      const task = await world.createRunning(options);
      const value = { contextId, value: index, expectedVersion: 0 };
      await store.contexts.put(scope, value).catch(() => undefined);
      const origin = `https://o${index % 5}`;
      const { id } = await world.register(task.taskId, { origin });
      const again = { taskId: task.taskId, configId: id, from: 1, to: 1 };
      await store.redeliveries.add(again, SYSTEM_CONTEXT);
      const { fence } = task.claim;
      await store.work.renew({ fences: [fence], leaseMs: LONG_LEASE_MS });
      const working = statusEvent(task, 'TASK_STATE_WORKING');
      await world.append(task.taskId, [working], { fence });
      seen.push(store.counts());
      await world.append(task.taskId, [completed(task)]);
    }
    // Nothing was kept in vain, not even by the last task that ran.
    expect(Object.values(seen.at(-1) ?? {})).not.toContain(0);
    for (let round = 0; round < 3; round += 1) {
      for (const due of await world.claimDue({ perOrigin: 2 })) {
        await world.succeed(due, 3);
      }
    }
    const claim = { max: 100, leaseMs: LONG_LEASE_MS };
    for (let round = 0; round < 4; round += 1) {
      for (const { fence } of await store.redeliveries.claimDue(claim)) {
        await store.redeliveries.succeed(fence, { upTo: 1 });
      }
    }
    const policy = { finishedBefore: Infinity, keepFinished: 0, limit: 15 };
    expect((await store.log.purge(policy)).taskIds).toHaveLength(15);
    expect((await store.log.purge(policy)).taskIds).toHaveLength(5);
    expect(store.counts()).toEqual(empty);
    expect(new Set(Object.values(empty))).toEqual(new Set([0]));
  });

  it('is the newest hundred attempts of a configuration', async () => {
    const { world, store } = openWorld();
    const task = await world.create();
    const { taskId } = task;
    await world.register(taskId);
    await world.append(taskId, [completed(task)]);
    for (let attempt = 1; attempt <= 120; attempt += 1) {
      const failure = { seq: 2, attempt, nextAt: store.now() };
      await world.fail(await world.claimOneDue(), failure);
    }
    const query = { taskId, limit: 1_000 };
    const log = await store.push.attempts(query, SYSTEM_CONTEXT);
    expect(log).toHaveLength(100);
    expect(log[0]?.attempt).toBe(120);
    expect(log.at(-1)?.attempt).toBe(21);
  });
});

describe('wrong use of the in-memory store', () => {
  it('is refused with a TypeError, and changes nothing', async () => {
    const { world, store } = openWorld();
    const task = await world.create();
    const { taskId } = task;
    const { log, work } = store;
    const before = store.counts();
    const fresh = world.commandOf();
    const [first] = fresh.events;
    const by = { access: { ...ALICE, principal: 'mallory' } };
    const calls = [
      () =>
        log.create({ ...fresh, events: [completed(fresh)] }, SYSTEM_CONTEXT),
      () => log.create({ ...fresh, contextId: 'other' }, SYSTEM_CONTEXT),
      () => log.create({ ...fresh, events: [first, first] }, SYSTEM_CONTEXT),
      () => log.create(fresh, by),
      () => world.append(taskId, [first]),
      () => world.append(taskId, [], { then: 'endTurn' }),
      () => work.fenceOut({ taskId, events: [chunkEvent(task, 'x')] }),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toThrow(TypeError);
    }
    expect(store.counts()).toEqual(before);
    expect((await world.load(taskId)).version).toBe(1);
  });

  it('does not make it keep an event that JSON cannot carry', async () => {
    const { world } = openWorld();
    const task = await world.create();
    const broken = chunkEvent(task, 'x');
    Object.assign(broken.body, { artifactUpdate: { big: 1n } });
    const events = [statusEvent(task, 'TASK_STATE_WORKING'), broken];
    await expect(world.append(task.taskId, events)).rejects.toThrow(TypeError);
    expect(await world.events(task.taskId)).toHaveLength(1);
  });
});

describe('the in-memory store', () => {
  it('has the time of its clock, and is up', async () => {
    const store = new MemoryTaskStore(new FakeClock(momentOf(7)));
    expect(store.now()).toBe(momentOf(7));
    expect(await store.health()).toEqual({ isUp: true });
  });
});
