import assert from 'node:assert/strict';
import { type StoredSecret } from '../../secrets/secret-store.js';
import { uniqueId } from '../builders.js';
import { type StoreTests, type World } from '../world.js';

const PURPOSE = 'signing';

const add = (
  world: World,
  id: string,
  { after, purpose = PURPOSE }: { after?: string; purpose?: string } = {},
) =>
  world.store.secrets.add({
    purpose,
    id,
    sealed: Uint8Array.of(1, 2, 255),
    ...(after !== undefined && { after }),
  });

const list = (world: World, purpose = PURPOSE) =>
  world.store.secrets.list(purpose);

const idsOf = (secrets: readonly StoredSecret[]) => secrets.map(({ id }) => id);

/** Secrets of the application: adding one behind those that are known, sealing anew, removing. */
export const secretTests: StoreTests = {
  'keeps a secret as it was given, with the time of the store': async (
    world,
  ) => {
    assert.deepEqual(await list(world), []);
    const before = world.store.now();
    assert.equal(await add(world, 'a'), true);
    const [secret] = await list(world);
    assert.ok(secret);
    assert.equal(secret.id, 'a');
    assert.deepEqual([...secret.sealed], [1, 2, 255]);
    // The clock of a server is estimated.
    assert.ok(Math.abs(secret.createdAt - before) < 10_000);
    assert.ok(Number.isInteger(secret.createdAt));
  },

  'lists secrets in the order in which they were added, each purpose by itself':
    async (world) => {
      await add(world, 'z');
      await add(world, 'a', { after: 'z' });
      await add(world, 'm', { after: 'a' });
      assert.equal(await add(world, 'z', { purpose: 'other' }), true);
      assert.deepEqual(idsOf(await list(world)), ['z', 'a', 'm']);
      assert.deepEqual(idsOf(await list(world, 'other')), ['z']);
    },

  'adds nothing behind a secret that is not the newest, nor before the first':
    async (world) => {
      assert.equal(await add(world, 'x', { after: 'gone' }), false);
      await add(world, 'a');
      await add(world, 'b', { after: 'a' });
      assert.equal(await add(world, 'c', { after: 'a' }), false);
      assert.equal(await add(world, 'c'), false);
      assert.equal(await add(world, 'a', { after: 'b' }), false);
      assert.deepEqual(idsOf(await list(world)), ['a', 'b']);
      assert.equal(await add(world, 'c', { after: 'b' }), true);
    },

  'lets one of many through that add the first at the same time': async (
    world,
  ) => {
    const added = await Promise.all(
      Array.from({ length: 6 }, () => add(world, uniqueId())),
    );
    assert.equal(added.filter((isAdded) => isAdded).length, 1);
    assert.equal((await list(world)).length, 1);
  },

  'lets one of many through that add the next at the same time': async (
    world,
  ) => {
    await add(world, 'a');
    const added = await Promise.all(
      Array.from({ length: 6 }, () => add(world, uniqueId(), { after: 'a' })),
    );
    assert.equal(added.filter((isAdded) => isAdded).length, 1);
    assert.equal((await list(world)).length, 2);
  },

  'seals a secret anew, which keeps its place and its time': async (world) => {
    const { secrets } = world.store;
    await add(world, 'a');
    await add(world, 'b', { after: 'a' });
    const before = await list(world);
    await world.advance(5);
    const sealed = Uint8Array.of(9);
    const name = { purpose: PURPOSE, id: 'a' };
    assert.equal(await secrets.reseal({ ...name, sealed }), true);
    const after = await list(world);
    assert.deepEqual([...(after[0]?.sealed ?? [])], [9]);
    assert.deepEqual([...(after[1]?.sealed ?? [])], [1, 2, 255]);
    const timesOf = (all: readonly StoredSecret[]) =>
      all.map(({ id, createdAt }) => ({ id, createdAt }));
    assert.deepEqual(timesOf(after), timesOf(before));
    const foreign = { purpose: 'other', id: 'a', sealed };
    assert.equal(await secrets.reseal(foreign), false);
  },

  'removes a secret once, and it may be added again': async (world) => {
    const { secrets } = world.store;
    await add(world, 'a');
    await add(world, 'b', { after: 'a' });
    const name = { purpose: PURPOSE, id: 'a' };
    assert.equal(await secrets.remove({ ...name, purpose: 'other' }), false);
    assert.equal(await secrets.remove(name), true);
    assert.equal(await secrets.remove(name), false);
    assert.deepEqual(idsOf(await list(world)), ['b']);
    assert.equal(await add(world, 'a', { after: 'b' }), true);
    assert.deepEqual(idsOf(await list(world)), ['b', 'a']);
  },

  'shares no bytes with its callers': async (world) => {
    const sealed = Uint8Array.of(1);
    await world.store.secrets.add({ purpose: PURPOSE, id: 'a', sealed });
    sealed.fill(9);
    (await list(world))[0]?.sealed.fill(9);
    const [secret] = await list(world);
    assert.deepEqual([...(secret?.sealed ?? [])], [1]);
  },
};
