import assert from 'node:assert/strict';
import { type OriginBacklog, type OriginNote } from '../../push/push-origin.js';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { ALICE, chunkEvent, statusEvent, type TaskRef } from '../builders.js';
import {
  createFor,
  DEAD,
  DOWN,
  FINE,
  LONG_DOWN,
  LONG_MS,
} from '../failing-origins.js';
import { type StoreTests, type World } from '../world.js';

function otherTenant() {
  return { ...ALICE, tenant: 'globex' };
}

async function backlog(
  world: World,
  limit = 9,
): Promise<readonly OriginBacklog[]> {
  return world.store.push.backlog({ limit });
}

/** The only backlog. */
async function only(world: World): Promise<OriginBacklog> {
  const [first, another] = await backlog(world);
  assert.ok(first, 'something should wait');
  assert.equal(another, undefined);
  return first;
}

/** Appends chunks, which none of the webhooks selects, at a time of their own. */
async function appendChunks(world: World, task: TaskRef): Promise<void> {
  await world.append(task.taskId, [chunkEvent(task, 'a')]);
  await world.append(task.taskId, [chunkEvent(task, 'b')]);
  await world.advance(5);
}

/** Appends a status update. @returns its position */
async function work(world: World, task: TaskRef): Promise<number> {
  const status = statusEvent(task, 'TASK_STATE_WORKING');
  return (await world.append(task.taskId, [status])).version;
}

/** When an event was written. */
async function writtenAt(
  world: World,
  { taskId }: TaskRef,
  seq: number,
): Promise<number> {
  const event = (await world.events(taskId))[seq - 1];
  assert.ok(event, `there should be an event ${seq}`);
  return event.at;
}

async function setState(
  world: World,
  id: string,
  state: 'active' | 'paused' | 'disabled',
): Promise<void> {
  const command = { taskId: id, configId: id, state };
  assert.equal(await world.store.push.setState(command, SYSTEM_CONTEXT), true);
}

/** What waits for each origin, and since when. */
export const pushBacklogTests: StoreTests = {
  'shows what waits for each origin of each tenant, the oldest first': async (
    world,
  ) => {
    await createFor(world, ['d1']);
    await createFor(world, ['f1'], { origin: FINE });
    await createFor(world, ['d2']);
    await createFor(world, ['o1'], { scope: otherTenant() });
    const { agent } = ALICE;
    const expected = [
      { tenant: ALICE.tenant, origin: DEAD, waiting: 2, oldest: 'd1' },
      { tenant: ALICE.tenant, origin: FINE, waiting: 1, oldest: 'f1' },
      { tenant: otherTenant().tenant, origin: DEAD, waiting: 1, oldest: 'o1' },
    ];
    const all: OriginBacklog[] = [];
    for (const { oldest, ...rest } of expected) {
      const ref = { taskId: oldest, contextId: '' };
      const oldestAt = await writtenAt(world, ref, 2);
      all.push({ agent, ...rest, failures: 0, oldestAt });
    }
    assert.deepEqual(await backlog(world), all);
    assert.deepEqual(await backlog(world, 2), all.slice(0, 2));
  },

  'shows nothing where everything is delivered': async (world) => {
    assert.deepEqual(await backlog(world), []);
    await createFor(world, ['d1']);
    await world.succeed(await world.claimOneDue(), 2);
    assert.deepEqual(await backlog(world), []);
  },

  'counts what is being delivered, and what waits to be tried again': async (
    world,
  ) => {
    await createFor(world, ['d1', 'd2']);
    const before = await only(world);
    const [d1] = await world.claimDue();
    assert.ok(d1);
    assert.deepEqual(await only(world), before);
    await world.fail(d1, { seq: 2, nextAt: world.store.now() + LONG_MS });
    assert.deepEqual(await only(world), before);
  },

  'leaves out what is paused or disabled': async (world) => {
    await createFor(world, ['d1', 'd2', 'd3']);
    await setState(world, 'd1', 'paused');
    await setState(world, 'd2', 'disabled');
    assert.equal((await only(world)).waiting, 1);
    const [d3] = await world.claimDue();
    assert.ok(d3);
    await setState(world, 'd3', 'paused');
    assert.deepEqual(await backlog(world), []);
    await setState(world, 'd2', 'active');
    assert.equal((await only(world)).waiting, 1);
  },

  'says how the origin does': async (world) => {
    await createFor(world, ['d1', 'd2']);
    const failOne = async (origin: OriginNote) => {
      const [due] = await world.claimDue({ max: 1 });
      assert.ok(due);
      await world.fail(due, { seq: 2, nextAt: 0, origin });
    };
    await failOne(DOWN);
    const counted = await only(world);
    assert.equal(counted.failures, 1);
    assert.equal('openUntil' in counted, false);
    await failOne(LONG_DOWN);
    await createFor(world, ['o1'], { scope: otherTenant() });
    const [opened, other] = await backlog(world);
    const [state] = await world.store.push.origins({ limit: 9 });
    const { waiting, oldestAt } = counted;
    assert.ok(state?.openUntil !== undefined);
    assert.deepEqual(opened, { ...state, waiting, oldestAt });
    assert.equal(other?.failures, 0);
    assert.equal('openUntil' in other, false);
  },

  'does not take events for the oldest that were written before, for which it was not woken':
    async (world) => {
      const task = await world.create();
      const config = await world.register(task.taskId);
      await appendChunks(world, task);
      const seq = await work(world, task);
      const { oldestAt } = await only(world);
      assert.equal(oldestAt, await writtenAt(world, task, seq));
      assert.equal((await world.config(config)).cursor, seq - 1);
    },

  'learns from a failed attempt which event is the oldest': async (world) => {
    await createFor(world, ['d1']);
    const task = { taskId: 'd1', contextId: 'c' };
    const first = await world.claimOneDue();
    await appendChunks(world, task);
    const seq = await work(world, task);
    await world.succeed(first, 2);
    const second = await world.claimOneDue();
    const nextAt = world.store.now();
    await world.fail(second, { seq, upTo: seq - 1, nextAt });
    const { oldestAt } = await only(world);
    assert.equal(oldestAt, await writtenAt(world, task, seq));
    const { config } = await world.claimOneDue();
    const { cursor, previous, failures } = config;
    assert.deepEqual([cursor, previous, failures], [seq - 1, 2, 1]);
  },

  'never moves a cursor back by a failed attempt': async (world) => {
    await createFor(world, ['d1']);
    const nextAt = world.store.now();
    await world.fail(await world.claimOneDue(), { seq: 2, upTo: 0, nextAt });
    const ref = { taskId: 'd1', id: 'd1' };
    assert.equal((await world.config(ref)).cursor, 1);
    const dead = { seq: 2, upTo: 1, outcome: 'dead' } as const;
    await world.fail(await world.claimOneDue(), dead);
    assert.equal((await world.config(ref)).cursor, 2);
    assert.deepEqual(await backlog(world), []);
  },

  'leaves what was passed over where another selection takes its place': async (
    world,
  ) => {
    const task = await world.create();
    const hook = { id: 'hook', select: 'terminal' } as const;
    await world.register(task.taskId, hook);
    const passed = await work(world, task);
    const end = statusEvent(task, 'TASK_STATE_COMPLETED');
    await world.append(task.taskId, [end]);
    await world.register(task.taskId, { ...hook, select: 'status' });
    const { config } = await world.claimOneDue();
    assert.equal(config.cursor, passed);
  },

  'delivers what lies behind the position where another selection takes the place of one that waits for nothing':
    async (world) => {
      const task = await world.create();
      const hook = { id: 'hook', select: 'terminal' } as const;
      await world.register(task.taskId, hook);
      const seq = await work(world, task);
      assert.deepEqual(await world.claimDue(), []);
      await world.register(task.taskId, { ...hook, select: 'status' });
      const { config } = await world.claimOneDue();
      assert.equal(config.cursor, seq - 1);
      const { oldestAt } = await only(world);
      assert.equal(oldestAt, await writtenAt(world, task, seq));
    },
};
