import assert from 'node:assert/strict';
import { type JsonValue } from '@nest-a2a/protocol';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { assertRefused, copyOf, tally, vandalise } from '../assertions.js';
import { ALICE, STRANGERS } from '../builders.js';
import { type StoreTests, type World } from '../world.js';

const CONTEXT = 'conversation';

function put(
  world: World,
  value: JsonValue,
  { expectedVersion = 0, scope = ALICE, contextId = CONTEXT } = {},
) {
  const command = { contextId, value, expectedVersion };
  return world.store.contexts.put(scope, command);
}

function load(world: World, scope = ALICE) {
  return world.store.contexts.load(scope, CONTEXT);
}

/** Values of conversations. */
export const contextTests: StoreTests = {
  'has no value until one is stored': async (world) => {
    await world.create({ contextId: CONTEXT });
    assert.equal(await load(world), undefined);
    assert.deepEqual(await put(world, { n: 1 }), {
      value: { n: 1 },
      version: 1,
    });
    assert.deepEqual(await load(world), { value: { n: 1 }, version: 1 });
  },

  'replaces the value that the caller knows, and no other': async (world) => {
    await world.create({ contextId: CONTEXT });
    await put(world, 'first');
    const second = await put(world, null, { expectedVersion: 1 });
    assert.deepEqual(second, { value: null, version: 2 });
    for (const expectedVersion of [0, 1, 3]) {
      const call = put(world, 'late', { expectedVersion });
      await assertRefused(call, 'VERSION_CONFLICT');
    }
    assert.deepEqual(await load(world), second);
  },

  'lets one of many through that store at the same time': async (world) => {
    await world.create({ contextId: CONTEXT });
    const calls = [1, 2, 3, 4].map((value) => put(world, value));
    assert.deepEqual(await tally(calls), { ok: 1, VERSION_CONFLICT: 3 });
    assert.equal((await load(world))?.version, 1);
  },

  'keeps the values of scopes apart': async (world) => {
    await world.create({ contextId: CONTEXT });
    await put(world, 'own');
    for (const scope of STRANGERS) {
      assert.equal(await load(world, scope), undefined);
      await world.create({ scope, contextId: CONTEXT });
      await put(world, scope.agent, { scope });
    }
    assert.equal((await load(world))?.value, 'own');
  },

  'keeps a value as long as the conversation has a task': async (world) => {
    const first = await world.create({ contextId: CONTEXT });
    await put(world, 'kept');
    const second = await world.create({
      contextId: CONTEXT,
      isAnnounced: false,
    });
    await world.store.log.delete(first.taskId, SYSTEM_CONTEXT);
    assert.equal((await load(world))?.value, 'kept');
    await world.store.log.delete(second.taskId, SYSTEM_CONTEXT);
    assert.equal(await load(world), undefined);
    await world.create({ contextId: CONTEXT });
    assert.equal(await load(world), undefined);
  },

  'stores nothing for a conversation without a task': async (world) => {
    await assertRefused(put(world, 'lost'), 'TASK_NOT_FOUND');
    const [scope] = STRANGERS;
    await world.create({ contextId: CONTEXT, ...(scope && { scope }) });
    await assertRefused(put(world, 'lost'), 'TASK_NOT_FOUND');
    assert.equal(await load(world), undefined);
  },

  'shares no value with its callers': async (world) => {
    await world.create({ contextId: CONTEXT });
    const value = { list: [1, { deep: true }] };
    const expected = copyOf(value);
    vandalise(await put(world, value));
    vandalise(value);
    vandalise(await load(world));
    assert.deepEqual((await load(world))?.value, expected);
  },
};
