import assert from 'node:assert/strict';
import { type DueDelivery } from '../../push/push-ledger.js';
import { ALICE, statusEvent } from '../builders.js';
import { type StoreTests, type World } from '../world.js';

const ORIGIN = 'https://hooks.example';

/** So many tasks of a tenant that each have one event for the origin. */
async function createFor(
  world: World,
  tenant: string,
  count: number,
): Promise<void> {
  const scope = { ...ALICE, tenant };
  for (let left = count; left > 0; left -= 1) {
    const task = await world.create({ scope });
    await world.register(task.taskId, { origin: ORIGIN });
    await world.append(task.taskId, [statusEvent(task, 'TASK_STATE_WORKING')]);
  }
}

/** Whose deliveries these are. */
function tenantsOf(due: readonly DueDelivery[]): string[] {
  return due.map(({ config }) => config.scope.tenant);
}

/** Takes on one delivery after the other, each when the one before it has ended. @returns whose they were */
async function deliverOneByOne(world: World, count: number): Promise<string[]> {
  const tenants: string[] = [];
  for (let left = count; left > 0; left -= 1) {
    const [due] = await world.claimDue({ perOrigin: 1, max: 1 });
    assert.ok(due, 'something should be due');
    tenants.push(...tenantsOf([due]));
    await world.succeed(due, 2);
  }
  return tenants;
}

/** How the tenants of one origin share it. */
export const pushShareTests: StoreTests = {
  'shares the room of an origin between the tenants, however much one has waiting':
    async (world) => {
      await createFor(world, 'large', 20);
      await createFor(world, 'small', 1);
      await createFor(world, 'medium', 3);
      const due = await world.claimDue({ perOrigin: 5 });
      assert.deepEqual(tenantsOf(due).sort(), [
        'large',
        'large',
        'medium',
        'medium',
        'small',
      ]);
    },

  'goes round the tenants where there is room for one only': async (world) => {
    await createFor(world, 'large', 6);
    await createFor(world, 'small', 1);
    await createFor(world, 'medium', 2);
    const tenants = await deliverOneByOne(world, 9);
    assert.deepEqual(new Set(tenants.slice(0, 3)).size, 3);
    assert.deepEqual(
      tenants.slice(3, 5).sort(),
      ['large', 'medium'],
      'those that are left take it in turns',
    );
    assert.deepEqual(tenants.slice(5), Array<string>(4).fill('large'));
  },

  'lets nobody wait for a second turn of a tenant that comes again and again':
    async (world) => {
      await createFor(world, 'steady', 1);
      await createFor(world, 'large', 3);
      const seen: string[] = [];
      for (let round = 0; round < 6; round += 1) {
        seen.push(...(await deliverOneByOne(world, 1)));
        await createFor(world, 'steady', 1);
        await createFor(world, 'large', 1);
      }
      const turns = seen.filter((tenant) => tenant === 'steady').length;
      assert.equal(turns, 3, seen.join());
    },

  'prefers the tenant that has the fewest deliveries under way': async (
    world,
  ) => {
    await createFor(world, 'slow', 9);
    const held = await world.claimDue({ perOrigin: 3 });
    assert.equal(held.length, 3);
    await createFor(world, 'quick', 9);
    const [first] = held;
    assert.ok(first);
    await world.succeed(first, 2);
    for (let round = 0; round < 2; round += 1) {
      const [due, none] = await world.claimDue({ perOrigin: 3 });
      assert.deepEqual([due?.config.scope.tenant, none], ['quick', undefined]);
      assert.ok(due && (await world.succeed(due, 2)));
    }
  },

  'leaves the room to others that a tenant does not need': async (world) => {
    await createFor(world, 'small', 1);
    await createFor(world, 'large', 9);
    const due = await world.claimDue({ perOrigin: 6 });
    assert.deepEqual(tenantsOf(due), [
      'small',
      ...Array<string>(5).fill('large'),
    ]);
  },

  'counts what all tenants have under way against the limit of the origin':
    async (world) => {
      await createFor(world, 'one', 3);
      await createFor(world, 'two', 3);
      assert.equal((await world.claimDue({ perOrigin: 4 })).length, 4);
      assert.deepEqual(await world.claimDue({ perOrigin: 4 }), []);
    },

  'reaches each of very many tenants': async (world) => {
    const tenants = Array.from({ length: 150 }, (_, index) => `t${index}`);
    for (const tenant of tenants) {
      await createFor(world, tenant, 1);
    }
    const seen = new Set<string>();
    for (let round = 0; round < tenants.length && seen.size < 150; round += 1) {
      for (const due of await world.claimDue({ perOrigin: 9 })) {
        seen.add(due.config.scope.tenant);
        const nextAt = world.store.now() + 60_000;
        await world.fail(due, { seq: 2, nextAt });
      }
    }
    assert.equal(seen.size, 150);
  },
};
