import assert from 'node:assert/strict';
import { ALICE, LONG_LEASE_MS } from '../builders.js';
import { type StoreTests, type World } from '../world.js';

/** Creates so many turns that are due. */
async function createDue(
  world: World,
  count: number,
  scope: { readonly agent?: string; readonly tenant?: string },
): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await world.create({ scope: { ...ALICE, ...scope } });
  }
}

/** How many turns of a claim belong to whom. */
async function claimCounts(
  world: World,
  of: 'agent' | 'tenant',
  command: Parameters<World['claim']>[0],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { record } of await world.claim(command)) {
    const name = record.scope[of];
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

export const fairClaimTests: StoreTests = {
  'gives out turns of each tenant, however many another has': async (world) => {
    await createDue(world, 20, { tenant: 'large' });
    await createDue(world, 2, { tenant: 'small' });
    assert.deepEqual(await claimCounts(world, 'tenant', { max: 6 }), {
      large: 4,
      small: 2,
    });
  },

  'goes on behind the tenant that came last': async (world) => {
    for (const tenant of ['b', 'c', 'a']) {
      await createDue(world, 4, { tenant });
    }
    for (let round = 0; round < 4; round += 1) {
      const seen = new Set<string>();
      for (let turn = 0; turn < 3; turn += 1) {
        const [claim] = await world.claim({ max: 1 });
        seen.add(claim?.record.scope.tenant ?? '');
      }
      assert.deepEqual([...seen].sort(), ['a', 'b', 'c']);
    }
  },

  'gives tenants that come later their turn before those that were there are through':
    async (world) => {
      await createDue(world, 10, { tenant: 'first' });
      await world.claim({ max: 3 });
      await createDue(world, 1, { tenant: 'late' });
      const counts = await claimCounts(world, 'tenant', { max: 2 });
      assert.deepEqual(counts, { first: 1, late: 1 });
    },

  'gives a tenant what the others leave': async (world) => {
    await createDue(world, 1, { tenant: 'a' });
    await createDue(world, 10, { tenant: 'b' });
    await createDue(world, 2, { tenant: 'c' });
    assert.deepEqual(await claimCounts(world, 'tenant', { max: 9 }), {
      a: 1,
      b: 6,
      c: 2,
    });
  },

  'gives out the turns of as many tenants as there are': async (world) => {
    for (let index = 0; index < 150; index += 1) {
      await createDue(world, 1, { tenant: `tenant ${index}` });
    }
    const seen = new Set<string>();
    for (let call = 0; call < 30; call += 1) {
      const claims = await world.claim({ max: 10 });
      claims.forEach(({ record }) => seen.add(record.scope.tenant));
    }
    assert.equal(seen.size, 150);
  },

  'finds what is due behind many tenants whose turns run': async (world) => {
    const claim = { owner: 'first', leaseMs: LONG_LEASE_MS };
    for (let index = 0; index < 80; index += 1) {
      const scope = { ...ALICE, tenant: `tenant ${index}` };
      await world.create({ scope, claim });
    }
    for (const tenant of ['late', 'later']) {
      const { taskId } = await world.create({ scope: { ...ALICE, tenant } });
      let found: string | undefined;
      for (let call = 0; call < 20 && found === undefined; call += 1) {
        const [taken] = await world.claim({ max: 1 });
        found = taken?.fence.taskId;
      }
      assert.equal(found, taskId);
    }
  },

  'keeps tenants with long and strange names apart': async (world) => {
    const names = ['', 'x'.repeat(3_000), `${'x'.repeat(3_000)}y`, 'a\u0000b'];
    for (const tenant of names) {
      await createDue(world, 2, { tenant });
    }
    const counts = await claimCounts(world, 'tenant', { max: 4 });
    assert.deepEqual(Object.keys(counts).sort(), [...names].sort());
  },

  'gives out no more turns of an agent than it has room for': async (world) => {
    await createDue(world, 6, { agent: 'a' });
    await createDue(world, 3, { agent: 'b' });
    await createDue(world, 2, { agent: 'c' });
    const maxOfAgent = new Map([
      ['a', 2],
      ['c', 0],
    ]);
    const command = { agents: ['a', 'b', 'c'], max: 20, maxOfAgent };
    const counts = await claimCounts(world, 'agent', command);
    assert.deepEqual(counts, { a: 2, b: 3 });
  },

  'lets no agent wait behind one that has more to do': async (world) => {
    await createDue(world, 20, { agent: 'a' });
    await createDue(world, 3, { agent: 'b' });
    const agents = ['a', 'b'];
    const first = await claimCounts(world, 'agent', { agents, max: 4 });
    assert.deepEqual(first, { a: 2, b: 2 });
    const seen: string[] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const [claim] = await world.claim({ agents, max: 1 });
      seen.push(claim?.record.scope.agent ?? '');
    }
    assert.deepEqual(seen.sort(), ['a', 'b']);
  },
};
