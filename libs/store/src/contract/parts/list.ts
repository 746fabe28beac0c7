import assert from 'node:assert/strict';
import { type ListQuery } from '../../log/task-log.js';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { assertRefused } from '../assertions.js';
import {
  ALICE,
  at,
  callOf,
  chunkEvent,
  event,
  momentOf,
  STRANGERS,
  statusEvent,
} from '../builders.js';
import { type StoreTests, type World } from '../world.js';

async function idsOf(
  world: World,
  query: Partial<ListQuery> = {},
): Promise<string[]> {
  const { items, totalSize, nextPageToken } = await world.store.log.list(
    { pageSize: 100, ...query },
    callOf(ALICE),
  );
  assert.equal(totalSize, items.length);
  assert.equal(nextPageToken, '');
  return items.map(({ task }) => task.id);
}

/** Which tasks a caller sees, and in which order. */
export const listTests: StoreTests = {
  'lists the newest status first, equal times by id': async (world) => {
    await world.createAt(2, { taskId: 'b' });
    await world.createAt(1, { taskId: 'a' });
    await world.createAt(2, { taskId: 'c' });
    await world.createAt(3, { taskId: 'd' });
    await world.createAt(2, { taskId: 'a2' });
    assert.deepEqual(await idsOf(world), ['d', 'a2', 'b', 'c', 'a']);
  },

  'moves a task whose status changes, and no other': async (world) => {
    const first = await world.createAt(1, { taskId: 'a' });
    const second = await world.createAt(2, { taskId: 'b' });
    await world.append('b', [chunkEvent(second, 'x')]);
    assert.deepEqual(await idsOf(world), ['b', 'a']);
    const timestamp = at(3);
    const working = statusEvent(first, 'TASK_STATE_WORKING', { timestamp });
    await world.append('a', [working]);
    assert.deepEqual(await idsOf(world), ['a', 'b']);
  },

  'sorts a status without a timestamp by the time of its event': async (
    world,
  ) => {
    const first = await world.create({ taskId: 'a' });
    await world.advance(5);
    await world.create({ taskId: 'b' });
    assert.deepEqual(await idsOf(world), ['b', 'a']);
    await world.advance(5);
    await world.append('a', [statusEvent(first, 'TASK_STATE_WORKING')]);
    assert.deepEqual(await idsOf(world), ['a', 'b']);
  },

  'lists only tasks that are announced': async (world) => {
    const { taskId } = await world.create({ isAnnounced: false });
    assert.deepEqual(await idsOf(world), []);
    await world.append(taskId, [event({ kind: 'announce' })]);
    assert.deepEqual(await idsOf(world), [taskId]);
  },

  'selects by context, state and time of the status': async (world) => {
    const state = 'TASK_STATE_WORKING';
    await world.createAt(1, { taskId: 'a', contextId: 'x' });
    await world.createAt(2, { taskId: 'b', contextId: 'y', state });
    await world.createAt(3, { taskId: 'c', contextId: 'x', state });
    assert.deepEqual(await idsOf(world, { contextId: 'x' }), ['c', 'a']);
    assert.deepEqual(await idsOf(world, { state }), ['c', 'b']);
    const statusSince = momentOf(2);
    assert.deepEqual(await idsOf(world, { statusSince }), ['c', 'b']);
    const all = { contextId: 'x', state, statusSince } as const;
    assert.deepEqual(await idsOf(world, all), ['c']);
    assert.deepEqual(await idsOf(world, { contextId: 'z' }), []);
  },

  'selects by the state of now': async (world) => {
    const task = await world.createAt(1);
    const state = 'TASK_STATE_INPUT_REQUIRED';
    await world.append(task.taskId, [statusEvent(task, state)]);
    assert.deepEqual(await idsOf(world, { state }), [task.taskId]);
    assert.deepEqual(await idsOf(world, { state: 'TASK_STATE_SUBMITTED' }), []);
  },

  'lists the tasks of one scope, and those of all to the system': async (
    world,
  ) => {
    const own = await world.create();
    for (const scope of STRANGERS) {
      await world.create({ scope });
    }
    assert.deepEqual(await idsOf(world), [own.taskId]);
    const query = { pageSize: 10 };
    const all = await world.store.log.list(query, SYSTEM_CONTEXT);
    assert.equal(all.totalSize, STRANGERS.length + 1);
  },

  'answers with as much of each task as was asked for': async (world) => {
    const task = await world.create({ more: (t) => [chunkEvent(t, 'a')] });
    const query = { pageSize: 1, historyLength: 0 };
    const list = async (includeArtifacts: boolean) => {
      const wanted = { ...query, includeArtifacts };
      const { items } = await world.store.log.list(wanted, SYSTEM_CONTEXT);
      return items;
    };
    const [bare] = await list(false);
    assert.deepEqual(bare?.task, {
      id: task.taskId,
      contextId: task.contextId,
      status: { state: 'TASK_STATE_SUBMITTED' },
    });
    const [full] = await list(true);
    assert.equal(full?.task.artifacts?.length, 1);
  },

  'refuses page tokens that it has not made': async (world) => {
    await world.createAt(1);
    const encode = (text: string) => Buffer.from(text).toString('base64url');
    const tokens = [
      'nonsense',
      '\u0000',
      '../../etc',
      'A'.repeat(100_000),
      ...['[]', '[1]', '{"__proto__":1}', '[null,null]'].map(encode),
    ];
    for (const pageToken of tokens) {
      const query = { pageSize: 10, pageToken };
      const call = world.store.log.list(query, callOf(ALICE));
      await assertRefused(call, 'INVALID_PAGE_TOKEN');
    }
  },
};
