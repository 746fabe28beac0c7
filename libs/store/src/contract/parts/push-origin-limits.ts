import assert from 'node:assert/strict';
import { type OriginLimits } from '../../push/push-config.js';
import { type Scope, SYSTEM_CONTEXT } from '../../scope.js';
import { assertRefused } from '../assertions.js';
import { ALICE, completed, messageEvent, pushConfig } from '../builders.js';
import { type StoreTests, type World } from '../world.js';

const TWO: OriginLimits = { max: 2, maxNew: 100, newWithinMs: 60_000 };
const TWO_NEW: OriginLimits = { max: 100, maxNew: 2, newWithinMs: 60_000 };
const SHORT_MS = 400;
const AFTER_SHORT_MS = 450;

const at = (name: string) => `https://${name}.example`;

/** A webhook at an origin of that name. */
function push(name: string, origins: OriginLimits, id = name) {
  const config = pushConfig({ id, origin: at(name) });
  return { config, maxPerTask: 10, origins };
}

/** Creates a task with a webhook. @returns its id */
async function create(
  world: World,
  name: string,
  {
    limits = TWO,
    scope = ALICE,
    isFinished = false,
  }: { limits?: OriginLimits; scope?: Scope; isFinished?: boolean } = {},
): Promise<string> {
  const { taskId } = await world.create({
    scope,
    push: push(name, limits),
    ...(isFinished && { more: (ref) => [completed(ref)] }),
  });
  return taskId;
}

function put(
  world: World,
  taskId: string,
  name: string,
  { limits = TWO, id = name }: { limits?: OriginLimits; id?: string } = {},
) {
  const command = { ...push(name, limits, id), taskId };
  return world.store.push.put(command, SYSTEM_CONTEXT);
}

/** How many origins a tenant may have webhooks at. */
export const pushOriginLimitTests: StoreTests = {
  'refuses one origin too many, of all tasks of the tenant': async (world) => {
    const taskId = await create(world, 'a');
    await create(world, 'b', { scope: { ...ALICE, principal: 'bob' } });
    await assertRefused(put(world, taskId, 'c'), 'TOO_MANY_PUSH_ORIGINS');
    const { configs } = await configsOf(world, taskId);
    assert.deepEqual(configs, ['a']);
  },

  'refuses it with the task, and with the message': async (world) => {
    await create(world, 'a');
    const taskId = await create(world, 'b');
    const refused = world.commandOf({ push: push('c', TWO) });
    await assertRefused(
      world.store.log.create(refused, SYSTEM_CONTEXT),
      'TOO_MANY_PUSH_ORIGINS',
    );
    const { log } = world.store;
    const load = log.load(refused.taskId, {}, SYSTEM_CONTEXT);
    assert.equal(await load, undefined);
    const append = { push: push('c', TWO) };
    await assertRefused(
      world.append(taskId, [messageEvent('more')], append),
      'TOO_MANY_PUSH_ORIGINS',
    );
    assert.equal((await world.load(taskId)).version, 1);
  },

  'lets webhooks in at origins that the tenant has already': async (world) => {
    await create(world, 'a');
    const taskId = await create(world, 'b');
    await create(world, 'a');
    await put(world, taskId, 'a');
    await world.append(taskId, [messageEvent('more')], {
      push: push('b', TWO),
    });
    const { configs } = await configsOf(world, taskId);
    assert.deepEqual(configs, ['b', 'a']);
  },

  'counts each tenant of each agent by itself': async (world) => {
    await create(world, 'a');
    await create(world, 'b');
    await create(world, 'c', { scope: { ...ALICE, tenant: 'other' } });
    await create(world, 'd', { scope: { ...ALICE, agent: 'other' } });
    await assertRefused(create(world, 'e'), 'TOO_MANY_PUSH_ORIGINS');
  },

  'has room again when the last webhook at an origin is gone': async (
    world,
  ) => {
    const first = await create(world, 'a');
    const second = await create(world, 'a');
    await create(world, 'b');
    await world.store.push.remove(first, 'a', SYSTEM_CONTEXT);
    await assertRefused(create(world, 'c'), 'TOO_MANY_PUSH_ORIGINS');
    await world.store.push.remove(second, 'a', SYSTEM_CONTEXT);
    const third = await create(world, 'c');
    await assertRefused(create(world, 'd'), 'TOO_MANY_PUSH_ORIGINS');
    await world.store.log.delete(third, SYSTEM_CONTEXT);
    await create(world, 'd');
  },

  'has room again when the task of a webhook is removed': async (world) => {
    const taskId = await create(world, 'a', { isFinished: true });
    await create(world, 'b');
    await world.succeed(await world.claimOneDue(), 2);
    const policy = { finishedBefore: world.store.now() + 60_000, limit: 9 };
    const purge = world.store.log.purge({ ...policy, keepFinished: 0 });
    assert.deepEqual((await purge).taskIds, [taskId]);
    await create(world, 'c');
  },

  'counts the origin of a replaced webhook, and no longer the one before':
    async (world) => {
      const taskId = await create(world, 'a');
      await create(world, 'b');
      await assertRefused(
        put(world, taskId, 'c', { id: 'a' }),
        'TOO_MANY_PUSH_ORIGINS',
      );
      await put(world, taskId, 'b', { id: 'a' });
      await put(world, taskId, 'c', { id: 'a' });
      await assertRefused(create(world, 'd'), 'TOO_MANY_PUSH_ORIGINS');
    },

  'lets no more in where many come at once': async (world) => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const created = await Promise.allSettled(
      names.map((name) => create(world, name)),
    );
    const refused = created.filter(({ status }) => status === 'rejected');
    assert.equal(refused.length, names.length - 2);
    await assertRefused(create(world, 'g'), 'TOO_MANY_PUSH_ORIGINS');
  },

  'refuses more new origins than may come in a time': async (world) => {
    const limits = { ...TWO_NEW, newWithinMs: SHORT_MS };
    await create(world, 'a', { limits });
    await create(world, 'b', { limits });
    const third = create(world, 'c', { limits });
    await assertRefused(third, 'TOO_MANY_NEW_PUSH_ORIGINS');
    await create(world, 'd', { limits, scope: { ...ALICE, tenant: 'other' } });
    await world.advance(AFTER_SHORT_MS);
    await create(world, 'c', { limits });
  },

  'remembers what was new when its webhook is gone': async (world) => {
    const limits = TWO_NEW;
    for (const name of ['a', 'b']) {
      const taskId = await create(world, name, { limits });
      await world.store.push.remove(taskId, name, SYSTEM_CONTEXT);
    }
    const third = create(world, 'c', { limits });
    await assertRefused(third, 'TOO_MANY_NEW_PUSH_ORIGINS');
    await create(world, 'a', { limits });
  },

  'sets no limits where none are said': async (world) => {
    const { taskId } = await world.create();
    for (const name of ['a', 'b', 'c']) {
      await world.register(taskId, { id: name, origin: at(name) });
    }
    await assertRefused(create(world, 'd'), 'TOO_MANY_PUSH_ORIGINS');
  },
};

async function configsOf(world: World, taskId: string) {
  const query = { taskId, pageSize: 9 };
  const { items } = await world.store.push.list(query, SYSTEM_CONTEXT);
  return { configs: items.map(({ id }) => id) };
}
