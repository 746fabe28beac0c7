import assert from 'node:assert/strict';
import { type Accepted, type IdempotencyKey } from '../../log/task-log.js';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { assertRefused } from '../assertions.js';
import {
  ALICE,
  callOf,
  completed,
  messageEvent,
  STRANGERS,
  uniqueId,
} from '../builders.js';
import { type SampleOptions, type StoreTests, type World } from '../world.js';

function keyOf(messageId = uniqueId()): IdempotencyKey {
  return { messageId, fingerprint: 'f' };
}

/** Sends a message that begins a task. */
function send(world: World, options: SampleOptions): Promise<Accepted> {
  const command = world.commandOf(options);
  return world.store.log.create(command, callOf(command.scope));
}

/** Sends a message to a task. */
function sendTo(
  world: World,
  taskId: string,
  {
    idempotency,
    version = 1,
  }: { idempotency: IdempotencyKey; version?: number },
): Promise<Accepted> {
  const events = [messageEvent('again')];
  const command = { taskId, events, expectedVersion: version, idempotency };
  return world.store.log.append(command, callOf(ALICE));
}

export const idempotencyTests: StoreTests = {
  'answers a repeated send with the task of the first': async (world) => {
    const idempotency = keyOf();
    const { taskId } = await world.create({ idempotency });
    const second = world.commandOf({ idempotency });
    const answer = await world.store.log.create(second, SYSTEM_CONTEXT);
    assert.deepEqual(answer, { kind: 'replayed', taskId, turn: 1 });
    const { log } = world.store;
    assert.equal(await log.load(second.taskId, {}, SYSTEM_CONTEXT), undefined);
    assert.equal((await world.load(taskId)).version, 1);
  },

  'makes one task of the same send at the same time': async (world) => {
    const idempotency = keyOf();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => send(world, { idempotency })),
    );
    const replays = answers.filter(({ kind }) => kind === 'replayed');
    assert.equal(replays.length, 4);
    const query = { pageSize: 10 };
    const { items } = await world.store.log.list(query, SYSTEM_CONTEXT);
    assert.equal(items.length, 1);
    for (const replay of replays) {
      assert.ok(replay.kind === 'replayed');
      assert.equal(replay.taskId, items[0]?.task.id);
    }
  },

  'answers a repeated message with the turn that the first began': async (
    world,
  ) => {
    const { taskId } = await world.create();
    const idempotency = keyOf();
    const first = await sendTo(world, taskId, { idempotency });
    assert.equal(first.kind, 'accepted');
    // The same version as the first time: whoever repeats knows no better.
    const again = await sendTo(world, taskId, { idempotency });
    assert.deepEqual(again, { kind: 'replayed', taskId, turn: 2 });
    assert.equal((await world.load(taskId)).version, 2);
  },

  'writes the same message once when it comes twice at the same time': async (
    world,
  ) => {
    const { taskId } = await world.create();
    const idempotency = keyOf();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => sendTo(world, taskId, { idempotency })),
    );
    const kinds = answers.map(({ kind }) => kind).sort();
    assert.deepEqual(kinds, ['accepted', 'replayed', 'replayed', 'replayed']);
    assert.equal((await world.load(taskId)).version, 2);
  },

  'still answers a repeated send when the task has ended': async (world) => {
    const idempotency = keyOf();
    const task = await world.create({ idempotency });
    const { taskId } = task;
    const message = keyOf();
    await sendTo(world, taskId, { idempotency: message });
    await world.append(taskId, [completed(task)]);
    assert.deepEqual(await send(world, { idempotency }), {
      kind: 'replayed',
      taskId,
      turn: 1,
    });
    const again = await sendTo(world, taskId, { idempotency: message });
    assert.deepEqual(again, { kind: 'replayed', taskId, turn: 2 });
  },

  'takes the same messageId with another fingerprint as another message':
    async (world) => {
      const idempotency = keyOf();
      await world.create({ idempotency });
      const other = { ...idempotency, fingerprint: 'g' };
      assert.equal(
        (await send(world, { idempotency: other })).kind,
        'accepted',
      );
      for (const key of [idempotency, other]) {
        const again = await send(world, { idempotency: key });
        assert.equal(again.kind, 'replayed');
      }
    },

  'refuses a reused messageId where the key is strict, before all else': async (
    world,
  ) => {
    const idempotency = keyOf();
    const task = await world.create({ idempotency });
    await world.append(task.taskId, [completed(task)]);
    const strict = { ...idempotency, fingerprint: 'g', isStrict: true };
    const refused = [
      () => send(world, { idempotency: strict }),
      () => sendTo(world, task.taskId, { idempotency: strict, version: 7 }),
      () => sendTo(world, 'unknown', { idempotency: strict }),
    ];
    for (const call of refused) {
      await assertRefused(call(), 'MESSAGE_ID_REUSED');
    }
    const same = { ...idempotency, isStrict: true };
    const again = await send(world, { idempotency: same });
    assert.equal(again.kind, 'replayed');
  },

  'knows the sends of each scope for itself': async (world) => {
    const idempotency = { ...keyOf(), isStrict: true };
    await world.create({ idempotency });
    for (const scope of STRANGERS) {
      const answer = await send(world, { scope, idempotency });
      assert.equal(answer.kind, 'accepted');
    }
  },

  'forgets a send together with its task': async (world) => {
    const idempotency = { ...keyOf(), isStrict: true };
    const message = keyOf();
    const { taskId } = await world.create({ idempotency });
    await sendTo(world, taskId, { idempotency: message });
    await world.store.log.delete(taskId, SYSTEM_CONTEXT);
    for (const key of [idempotency, message]) {
      const answer = await send(world, { idempotency: key });
      assert.equal(answer.kind, 'accepted');
    }
  },
};
