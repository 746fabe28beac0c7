import assert from 'node:assert/strict';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { assertSameMembers } from '../assertions.js';
import {
  ALICE,
  chunkEvent,
  completed,
  event,
  LONG_LEASE_MS,
  messageEvent,
  userMessage,
} from '../builders.js';
import { type StoreTests, type World } from '../world.js';

const CLAIM = { owner: 'first', leaseMs: LONG_LEASE_MS };

function nextDueAt(world: World): Promise<number | undefined> {
  return world.store.work.nextDueAt([ALICE.agent]);
}

/** Who takes on which turn, and when. */
export const claimTests: StoreTests = {
  'gives out the turn of a new task once': async (world) => {
    const history = [userMessage('go')];
    const { taskId } = await world.create({ task: { history } });
    const { fence, ...claim } = await world.claimOne();
    assert.equal(fence.taskId, taskId);
    assert.ok(fence.epoch > 0);
    const [begun] = await world.events(taskId);
    assert.deepEqual(claim, {
      record: await world.load(taskId),
      turn: {
        seq: 1,
        at: begun?.at,
        message: history[0],
        request: { acceptedOutputModes: ['text/plain'] },
      },
      attempt: 1,
      isTakenOver: false,
      isCancelRequested: false,
    });
    assert.deepEqual(await world.claim(), []);
  },

  'gives out the longest due first, and no more than asked for': async (
    world,
  ) => {
    const expected: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      expected.push((await world.create()).taskId);
      await world.advance(5);
    }
    const seen: string[] = [];
    for (const max of [1, 2, 5]) {
      const claims = await world.claim({ max });
      seen.push(...claims.map(({ fence }) => fence.taskId));
    }
    assert.deepEqual(seen, expected);
  },

  'gives out turns of the agents that are asked for only': async (world) => {
    const ids: Record<string, string> = {};
    for (const agent of ['a', 'b', 'c']) {
      const { taskId } = await world.create({ scope: { ...ALICE, agent } });
      ids[agent] = taskId;
    }
    const idsOf = async (...agents: string[]) => {
      const claims = await world.claim({ agents });
      return claims.map(({ fence }) => fence.taskId);
    };
    assert.deepEqual(await idsOf(), []);
    assert.deepEqual(await idsOf('d'), []);
    assertSameMembers(await idsOf('a', 'c'), [ids.a ?? '', ids.c ?? '']);
    assert.deepEqual(await idsOf('a', 'b', 'c'), [ids.b]);
  },

  'never gives one turn to two that ask at the same time': async (world) => {
    for (let index = 0; index < 20; index += 1) {
      await world.create();
    }
    const rounds = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        world.claim({ owner: `owner-${index}`, max: 5 }),
      ),
    );
    const ids = rounds.flat().map(({ fence }) => fence.taskId);
    const rest = await world.claim();
    ids.push(...rest.map(({ fence }) => fence.taskId));
    assert.equal(ids.length, 20);
    assert.equal(new Set(ids).size, 20);
  },

  'raises the epoch with each claim': async (world) => {
    await world.create();
    const epochs: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const { fence } = await world.claimOne();
      epochs.push(fence.epoch);
      await world.store.work.release(fence);
    }
    const rising = [...new Set(epochs)].sort((a, b) => a - b);
    assert.deepEqual(epochs, rising);
  },

  'takes a task on in the commit that creates it': async (world) => {
    const task = await world.create({ claim: CLAIM });
    assert.ok(task.claim);
    const { fence, turn, record } = task.claim;
    assert.equal(turn.seq, 1);
    assert.deepEqual(record, await world.load(task.taskId));
    assert.deepEqual(await world.claim(), []);
    await world.append(task.taskId, [chunkEvent(task, 'a')], { fence });
  },

  'takes a parked task on in the commit that adds a message': async (world) => {
    const task = await world.createRunning();
    const { fence } = task.claim;
    await world.append(task.taskId, [], { fence, then: 'endTurn' });
    const events = [messageEvent('more')];
    const { claim } = await world.append(task.taskId, events, { claim: CLAIM });
    assert.equal(claim?.turn.seq, 2);
    assert.deepEqual(claim?.turn.message?.parts, [{ text: 'more' }]);
    assert.equal(claim?.attempt, 1);
    assert.equal(claim?.isTakenOver, false);
    assert.deepEqual(await world.claim(), []);
  },

  'takes on the turn that is first where one waits that nobody runs': async (
    world,
  ) => {
    const { taskId } = await world.create();
    const events = [messageEvent('more')];
    const { claim } = await world.append(taskId, events, { claim: CLAIM });
    assert.equal(claim?.turn.seq, 1);
    assert.deepEqual(await world.claim(), []);
  },

  'takes no task on that somebody runs': async (world) => {
    const { taskId } = await world.createRunning();
    const events = [messageEvent('more')];
    const { claim } = await world.append(taskId, events, { claim: CLAIM });
    assert.equal(claim, undefined);
  },

  'takes no task on for events that begin no turn': async (world) => {
    const task = await world.create();
    const events = [chunkEvent(task, 'x')];
    const answer = await world.append(task.taskId, events, { claim: CLAIM });
    assert.equal(answer.claim, undefined);
    assert.equal((await world.claimOne()).fence.taskId, task.taskId);
  },

  'gives out the turn of a task that the host resumes, without a message':
    async (world) => {
      const task = await world.createRunning();
      const { fence } = task.claim;
      await world.append(task.taskId, [], { fence, then: 'endTurn' });
      const turn = { traceparent: '00-a-b-01' };
      await world.append(task.taskId, [event({ kind: 'resume', turn })]);
      const claim = await world.claimOne();
      const [, resumed] = await world.events(task.taskId);
      const at = resumed?.at;
      assert.ok(at !== undefined && at > 0);
      assert.deepEqual(claim.turn, { seq: 2, at, request: turn });
    },

  'never gives out a task that has ended': async (world) => {
    const task = await world.create();
    await world.append(task.taskId, [completed(task)]);
    await world.create({ more: (ref) => [completed(ref)], claim: CLAIM });
    assert.deepEqual(await world.claim(), []);
    assert.equal(await nextDueAt(world), undefined);
  },

  'never gives out a task that is gone': async (world) => {
    const { taskId } = await world.create();
    await world.store.log.delete(taskId, SYSTEM_CONTEXT);
    assert.deepEqual(await world.claim(), []);
  },

  'says when the next turn is due or the next lease expires': async (world) => {
    assert.equal(await nextDueAt(world), undefined);
    const begun = world.store.now();
    await world.create();
    const due = await nextDueAt(world);
    assert.ok(due !== undefined && due <= world.store.now());
    assert.equal(await world.store.work.nextDueAt(['other']), undefined);
    await world.claimOne(LONG_LEASE_MS);
    const expires = await nextDueAt(world);
    // The store's idea of now may be off by a little where it estimates.
    assert.ok(expires !== undefined && expires > begun + LONG_LEASE_MS - 5_000);
  },
};
