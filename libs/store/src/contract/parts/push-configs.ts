import assert from 'node:assert/strict';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { assertRefused, vandalise } from '../assertions.js';
import {
  ALICE,
  attemptOf,
  chunkEvent,
  pushConfig,
  statusEvent,
} from '../builders.js';
import { type StoreTests, type World } from '../world.js';

async function idsOf(world: World, taskId: string): Promise<string[]> {
  const query = { taskId, pageSize: 100 };
  const { items } = await world.store.push.list(query, SYSTEM_CONTEXT);
  return items.map(({ id }) => id);
}

/** Webhooks: adding, reading, replacing and removing them. */
export const pushConfigTests: StoreTests = {
  'keeps a configuration as it was given, at the end of the log': async (
    world,
  ) => {
    const task = await world.create({ more: (t) => [chunkEvent(t, 'a')] });
    const config = pushConfig({ protocolVersion: '0.3', select: 'all' });
    const { taskId } = task;
    const command = { taskId, config, maxPerTask: 1 };
    const stored = await world.store.push.put(command, SYSTEM_CONTEXT);
    // A driver may answer with a subclass, such as a Buffer.
    assert.deepEqual([...stored.sealed], [...config.sealed]);
    assert.deepEqual(
      { ...stored, sealed: config.sealed },
      {
        ...config,
        taskId,
        scope: ALICE,
        state: 'active',
        cursor: 2,
        previous: 0,
        failures: 0,
      },
    );
    assert.deepEqual(await world.config(stored), stored);
    assert.deepEqual(await world.claimDue(), []);
  },

  'shares no bytes with its callers': async (world) => {
    const task = await world.create();
    const { taskId } = task;
    const config = pushConfig();
    const expected = [...config.sealed];
    const command = { taskId, config, maxPerTask: 1 };
    const stored = await world.store.push.put(command, SYSTEM_CONTEXT);
    config.sealed.fill(9);
    stored.sealed.fill(9);
    vandalise(stored);
    const { sealed, cursor } = await world.config({ taskId, id: config.id });
    assert.deepEqual([...sealed], expected);
    assert.equal(cursor, 1);
  },

  'lists configurations in the order of their creation, also replaced ones':
    async (world) => {
      const { taskId } = await world.create();
      for (const id of ['z', 'a', 'm']) {
        await world.register(taskId, { id });
      }
      await world.register(taskId, { id: 'z', origin: 'https://new.example' });
      assert.deepEqual(await idsOf(world, taskId), ['z', 'a', 'm']);
    },

  'cuts the list into pages': async (world) => {
    const { taskId } = await world.create();
    const ids = ['e', 'd', 'c', 'b', 'a'];
    for (const id of ids) {
      await world.register(taskId, { id });
    }
    const pages: string[][] = [];
    let next: { pageToken?: string } = {};
    for (let page = 0; page < 3; page += 1) {
      const query = { taskId, pageSize: 2, ...next };
      const { items, nextPageToken, totalSize } = await world.store.push.list(
        query,
        SYSTEM_CONTEXT,
      );
      assert.equal(totalSize, 5);
      pages.push(items.map(({ id }) => id));
      next = { pageToken: nextPageToken };
    }
    assert.deepEqual(pages, [['e', 'd'], ['c', 'b'], ['a']]);
    assert.equal(next.pageToken, '');
  },

  'refuses page tokens that it has not made': async (world) => {
    const { taskId } = await world.create();
    const encoded = Buffer.from('["x"]').toString('base64url');
    for (const pageToken of ['nonsense', '\u0000', encoded]) {
      const query = { taskId, pageSize: 2, pageToken };
      const call = world.store.push.list(query, SYSTEM_CONTEXT);
      await assertRefused(call, 'INVALID_PAGE_TOKEN');
    }
  },

  'refuses more configurations than a task may have, but always replaces':
    async (world) => {
      const { taskId } = await world.create();
      const put = (id: string) =>
        world.store.push.put(
          { taskId, config: pushConfig({ id }), maxPerTask: 2 },
          SYSTEM_CONTEXT,
        );
      await put('a');
      await put('b');
      await assertRefused(put('c'), 'TOO_MANY_PUSH_CONFIGS');
      await put('a');
      assert.deepEqual(await idsOf(world, taskId), ['a', 'b']);
      await world.store.push.remove(taskId, 'b', SYSTEM_CONTEXT);
      await put('c');
      assert.deepEqual(await idsOf(world, taskId), ['a', 'c']);
    },

  'lets as many through at the same time as a task may have': async (world) => {
    const { taskId } = await world.create();
    const calls = Array.from({ length: 6 }, () =>
      world.store.push
        .put({ taskId, config: pushConfig(), maxPerTask: 3 }, SYSTEM_CONTEXT)
        .catch(() => undefined),
    );
    await Promise.all(calls);
    assert.equal((await idsOf(world, taskId)).length, 3);
  },

  'knows no configuration of an unknown task': async (world) => {
    const { push } = world.store;
    const command = { taskId: 'x', config: pushConfig(), maxPerTask: 9 };
    const call = push.put(command, SYSTEM_CONTEXT);
    await assertRefused(call, 'TASK_NOT_FOUND');
    assert.equal(await push.get('x', 'y', SYSTEM_CONTEXT), undefined);
    assert.equal(await push.remove('x', 'y', SYSTEM_CONTEXT), false);
    const change = { taskId: 'x', configId: 'y', state: 'paused' } as const;
    assert.equal(await push.setState(change, SYSTEM_CONTEXT), false);
    const query = { taskId: 'x', pageSize: 9 };
    assert.deepEqual(await push.list(query, SYSTEM_CONTEXT), {
      items: [],
      nextPageToken: '',
      totalSize: 0,
    });
    const fence = { taskId: 'x', configId: 'y', epoch: 1 };
    assert.equal(await push.succeed(fence, { upTo: 1 }), undefined);
    const attempt = attemptOf(fence, { seq: 1, outcome: 'failed' });
    const failed = await push.fail(fence, { attempt, disable: false });
    assert.equal(failed, undefined);
  },

  'removes a configuration once': async (world) => {
    const { taskId } = await world.create();
    const { id } = await world.register(taskId);
    const { push } = world.store;
    assert.equal(await push.remove(taskId, id, SYSTEM_CONTEXT), true);
    assert.equal(await push.remove(taskId, id, SYSTEM_CONTEXT), false);
    assert.equal(await push.get(taskId, id, SYSTEM_CONTEXT), undefined);
  },

  'adds a configuration in the commit that creates its task': async (world) => {
    const config = pushConfig();
    const { taskId } = await world.create({
      push: { config, maxPerTask: 1 },
      more: (task) => [statusEvent(task, 'TASK_STATE_WORKING')],
    });
    assert.deepEqual(await idsOf(world, taskId), [config.id]);
    const { config: due } = await world.claimOneDue();
    assert.equal(due.id, config.id);
    assert.ok(due.cursor < 2, 'the status update is still to be delivered');
  },

  'adds a configuration in the commit that appends the first events for it':
    async (world) => {
      const task = await world.create({ more: (t) => [chunkEvent(t, 'a')] });
      const config = pushConfig();
      await world.append(
        task.taskId,
        [statusEvent(task, 'TASK_STATE_WORKING')],
        { push: { config, maxPerTask: 1 } },
      );
      const { config: due } = await world.claimOneDue();
      assert.deepEqual([due.id, due.cursor], [config.id, 2]);
    },
};
