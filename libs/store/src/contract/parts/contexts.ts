import assert from 'node:assert/strict';
import { type JsonValue } from '@nest-a2a/protocol';
import { type PutContext } from '../../contexts/context-store.js';
import { type Scope, SYSTEM_CONTEXT } from '../../scope.js';
import { type Fence } from '../../work/work-ledger.js';
import { assertRefused, copyOf, tally, vandalise } from '../assertions.js';
import {
  AFTER_LEASE_MS,
  ALICE,
  completed,
  LEASE_MS,
  statusEvent,
  STRANGERS,
} from '../builders.js';
import { type StoreTests, type World } from '../world.js';

const CONTEXT = 'conversation';

function put(
  world: World,
  value: JsonValue,
  {
    expectedVersion = 0,
    scope = ALICE,
    contextId = CONTEXT,
    fence,
  }: Partial<PutContext> & { readonly scope?: Scope } = {},
) {
  const command = { contextId, value, expectedVersion };
  return world.store.contexts.put(scope, {
    ...command,
    ...(fence && { fence }),
  });
}

function run(world: World, leaseMs?: number) {
  return world.createRunning({ contextId: CONTEXT }, leaseMs);
}

/** Asserts that a turn stores nothing any more, whatever version it knows. */
async function assertLost(world: World, fence: Fence): Promise<void> {
  await put(world, 'kept');
  for (const expectedVersion of [0, 1, 2]) {
    const call = put(world, 'late', { expectedVersion, fence });
    await assertRefused(call, 'FENCE_LOST');
  }
  assert.deepEqual(await load(world), { value: 'kept', version: 1 });
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

  'stores a value of the turn that runs, also when its lease expired and nobody took over':
    async (world) => {
      const { claim } = await run(world, LEASE_MS);
      const { fence } = claim;
      assert.equal((await put(world, 'first', { fence })).version, 1);
      const stale = put(world, 'stale', { fence });
      await assertRefused(stale, 'VERSION_CONFLICT');
      await world.advance(AFTER_LEASE_MS);
      await put(world, 'second', { fence, expectedVersion: 1 });
      assert.deepEqual(await load(world), { value: 'second', version: 2 });
    },

  'stores no value of a turn that another instance has taken over': async (
    world,
  ) => {
    const { claim } = await run(world, LEASE_MS);
    await world.advance(AFTER_LEASE_MS);
    const { fence } = await world.claimOne();
    await assertLost(world, claim.fence);
    await put(world, 'of the next', { fence, expectedVersion: 1 });
    assert.equal((await load(world))?.value, 'of the next');
  },

  'stores no value of a turn that was handed back': async (world) => {
    const { claim } = await run(world);
    await world.store.work.release(claim.fence);
    await assertLost(world, claim.fence);
  },

  'stores no value of a turn that has ended': async (world) => {
    const task = await run(world);
    const { fence } = task.claim;
    const question = statusEvent(task, 'TASK_STATE_INPUT_REQUIRED');
    await world.append(task.taskId, [question], { fence, then: 'endTurn' });
    await assertLost(world, fence);
  },

  'stores no value of a turn whose task has ended, was taken away or is gone':
    async (world) => {
      await world.create({ contextId: CONTEXT });
      const [ended, taken, gone] = [
        await run(world),
        await run(world),
        await run(world),
      ];
      const { fence } = ended.claim;
      await world.append(ended.taskId, [completed(ended)], { fence });
      const events = [statusEvent(taken, 'TASK_STATE_CANCELED')];
      await world.store.work.fenceOut({ taskId: taken.taskId, events });
      await world.store.log.delete(gone.taskId, SYSTEM_CONTEXT);
      await put(world, 'kept');
      for (const { claim } of [ended, taken, gone]) {
        const late = { expectedVersion: 1, fence: claim.fence };
        await assertRefused(put(world, 'late', late), 'FENCE_LOST');
      }
      assert.deepEqual(await load(world), { value: 'kept', version: 1 });
    },

  'stores no value of a turn of another conversation': async (world) => {
    await world.create({ contextId: CONTEXT });
    const [scope] = STRANGERS;
    for (const other of [{}, { contextId: CONTEXT, ...(scope && { scope }) }]) {
      const { claim } = await world.createRunning(other);
      const call = put(world, 'foreign', { fence: claim.fence });
      await assertRefused(call, 'FENCE_LOST');
    }
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
