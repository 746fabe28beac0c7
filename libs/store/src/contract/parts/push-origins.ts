import assert from 'node:assert/strict';
import { type DueDelivery } from '../../push/push-ledger.js';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { AFTER_LEASE_MS, LEASE_MS, statusEvent } from '../builders.js';
import { type StoreTests, type World } from '../world.js';

const DEAD = 'https://dead.example';
const FINE = 'https://fine.example';

/** Tasks that each have one event for one origin, named as they are given. */
async function createFor(
  world: World,
  origins: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [id, origin] of Object.entries(origins)) {
    const task = await world.create({ taskId: id });
    await world.register(id, { id, origin });
    await world.append(id, [statusEvent(task, 'TASK_STATE_WORKING')]);
    await world.advance(5);
  }
}

function namesOf(due: readonly DueDelivery[]): string[] {
  return due.map(({ config }) => config.id);
}

export const pushOriginTests: StoreTests = {
  'gives out no more for one origin than it may have': async (world) => {
    await createFor(world, { d1: DEAD, d2: DEAD, d3: DEAD, f1: FINE });
    const first = await world.claimDue({ perOrigin: 2 });
    assert.deepEqual(namesOf(first), ['d1', 'd2', 'f1']);
    assert.deepEqual(await world.claimDue({ perOrigin: 2 }), []);
  },

  'lets the next of an origin through for each that is given back': async (
    world,
  ) => {
    await createFor(world, { d1: DEAD, d2: DEAD, d3: DEAD, d4: DEAD });
    const [d1, d2] = await world.claimDue({ perOrigin: 2 });
    assert.ok(d1 && d2);
    await world.succeed(d1, 2);
    const [d3, none] = await world.claimDue({ perOrigin: 2 });
    assert.deepEqual([d3?.config.id, none], ['d3', undefined]);
    await world.fail(d2, { seq: 2, nextAt: world.store.now() + 60_000 });
    assert.deepEqual(namesOf(await world.claimDue({ perOrigin: 2 })), ['d4']);
  },

  'counts all claims of an origin, whoever asks and however often': async (
    world,
  ) => {
    await createFor(world, { d1: DEAD, d2: DEAD, d3: DEAD, d4: DEAD });
    const rounds = await Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        world.claimDue({ owner: `owner-${index}`, perOrigin: 2 }),
      ),
    );
    assert.ok(rounds.flat().length <= 2);
    // Some may have seen nothing while others were choosing.
    const rest = await world.claimDue({ perOrigin: 2 });
    assert.equal(rounds.flat().length + rest.length, 2);
  },

  'does not let a blocked origin keep others from their turn': async (
    world,
  ) => {
    await createFor(world, { d1: DEAD, d2: DEAD, d3: DEAD, f1: FINE });
    const seen: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const due = await world.claimDue({ perOrigin: 1, max: 1 });
      seen.push(...namesOf(due));
    }
    assert.deepEqual(seen, ['d1', 'f1']);
  },

  'frees the place of a claim whose lease has expired': async (world) => {
    await createFor(world, { d1: DEAD, d2: DEAD });
    const [lost] = await world.claimDue({ perOrigin: 1, leaseMs: LEASE_MS });
    assert.equal(lost?.config.id, 'd1');
    await world.advance(AFTER_LEASE_MS);
    // The one that never had its turn is due for longer.
    const [next] = await world.claimDue({ perOrigin: 1 });
    assert.equal(next?.config.id, 'd2');
    assert.deepEqual(await world.claimDue({ perOrigin: 1 }), []);
    await world.succeed(next, 2);
    assert.deepEqual(namesOf(await world.claimDue({ perOrigin: 1 })), ['d1']);
  },

  'frees the place of a configuration that is removed or replaced': async (
    world,
  ) => {
    await createFor(world, { d1: DEAD, d2: DEAD, d3: DEAD });
    await world.claimDue({ perOrigin: 1 });
    await world.store.push.remove('d1', 'd1', SYSTEM_CONTEXT);
    assert.deepEqual(namesOf(await world.claimDue({ perOrigin: 1 })), ['d2']);
    await world.register('d2', { id: 'd2', origin: FINE });
    assert.deepEqual(namesOf(await world.claimDue({ perOrigin: 1 })), [
      'd3',
      'd2',
    ]);
  },

  'passes the place on where the next in line is gone or paused': async (
    world,
  ) => {
    await createFor(world, { d1: DEAD, d2: DEAD, d3: DEAD, d4: DEAD });
    const [d1] = await world.claimDue({ perOrigin: 1 });
    assert.ok(d1);
    await world.succeed(d1, 2);
    await world.store.push.remove('d2', 'd2', SYSTEM_CONTEXT);
    const command = { taskId: 'd3', configId: 'd3', state: 'paused' } as const;
    await world.store.push.setState(command, SYSTEM_CONTEXT);
    assert.deepEqual(namesOf(await world.claimDue({ perOrigin: 1 })), ['d4']);
  },

  'frees the place of a task that is deleted': async (world) => {
    await createFor(world, { d1: DEAD, d2: DEAD });
    await world.claimDue({ perOrigin: 1 });
    await world.store.log.delete('d1', SYSTEM_CONTEXT);
    assert.deepEqual(namesOf(await world.claimDue({ perOrigin: 1 })), ['d2']);
  },

  'gives out more at once where an origin may have more': async (world) => {
    await createFor(world, { d1: DEAD, d2: DEAD, d3: DEAD });
    assert.equal((await world.claimDue({ perOrigin: 1 })).length, 1);
    assert.equal((await world.claimDue({ perOrigin: 3 })).length, 2);
  },
};
