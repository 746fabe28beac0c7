import assert from 'node:assert/strict';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { assertRefused } from '../assertions.js';
import {
  agentMessage,
  ALICE,
  chunkEvent,
  completed,
  event,
  messageEvent,
  statusEvent,
} from '../builders.js';
import { type StoreTests } from '../world.js';

/** Turns that wait, end and follow each other. */
export const turnTests: StoreTests = {
  'parks a task whose turn has ended': async (world) => {
    const task = await world.createRunning();
    const { fence } = task.claim;
    const question = statusEvent(task, 'TASK_STATE_INPUT_REQUIRED');
    await world.append(task.taskId, [question], { fence, then: 'endTurn' });
    assert.deepEqual(await world.claim(), []);
    const next = await world.store.work.nextDueAt([ALICE.agent]);
    assert.equal(next, undefined);
    const late = world.append(task.taskId, [completed(task)], { fence });
    await assertRefused(late, 'FENCE_LOST');
    assert.equal((await world.load(task.taskId)).isFinished, false);
  },

  'does not end the turn of a write that it refuses': async (world) => {
    const task = await world.createRunning();
    const { fence, record } = task.claim;
    const command = {
      taskId: task.taskId,
      events: [chunkEvent(task, 'x')],
      expectedVersion: record.version + 1,
      fence,
      then: 'endTurn',
    } as const;
    const call = world.store.log.append(command, SYSTEM_CONTEXT);
    await assertRefused(call, 'VERSION_CONFLICT');
    await world.append(task.taskId, [chunkEvent(task, 'x')], { fence });
  },

  'makes a parked task due by a message, which is its next turn': async (
    world,
  ) => {
    const task = await world.createRunning();
    const { fence } = task.claim;
    await world.append(task.taskId, [], { fence, then: 'endTurn' });
    await world.append(task.taskId, [messageEvent('second')]);
    assert.equal((await world.load(task.taskId)).turn, 2);
    const { turn, record } = await world.claimOne();
    assert.equal(turn.seq, 2);
    assert.deepEqual(turn.message?.parts, [{ text: 'second' }]);
    assert.equal(record.task.history?.length, 2);
  },

  'lets messages to a running task wait in their order': async (world) => {
    const task = await world.createRunning();
    for (const text of ['second', 'third']) {
      await world.append(task.taskId, [messageEvent(text)]);
    }
    assert.equal((await world.load(task.taskId)).turn, 1);
    let { fence } = task.claim;
    const seen: unknown[] = [];
    for (const seq of [2, 3]) {
      await world.append(task.taskId, [], { fence, then: 'endTurn' });
      const next = await world.claimOne();
      assert.equal(next.record.turn, seq);
      seen.push([next.turn.seq, next.turn.message?.parts]);
      ({ fence } = next);
    }
    assert.deepEqual(seen, [
      [2, [{ text: 'second' }]],
      [3, [{ text: 'third' }]],
    ]);
    await world.append(task.taskId, [], { fence, then: 'endTurn' });
    assert.deepEqual(await world.claim(), []);
  },

  'lets a message to a task that is due wait behind the first': async (
    world,
  ) => {
    const { taskId } = await world.create();
    await world.append(taskId, [messageEvent('second')]);
    const first = await world.claimOne();
    assert.equal(first.turn.seq, 1);
    const { fence } = first;
    await world.append(taskId, [], { fence, then: 'endTurn' });
    assert.equal((await world.claimOne()).turn.seq, 2);
  },

  'says of each event which turn it belongs to': async (world) => {
    const task = await world.createRunning();
    const { taskId } = task;
    const first = task.claim.fence;
    await world.append(taskId, [messageEvent('second')]);
    await world.append(taskId, [chunkEvent(task, 'a')], { fence: first });
    await world.append(taskId, [chunkEvent(task, 'b')], {
      fence: first,
      then: 'endTurn',
    });
    const second = await world.claimOne();
    await world.append(taskId, [completed(task)], {
      fence: second.fence,
    });
    const events = await world.events(taskId);
    assert.deepEqual(
      events.map(({ body, turn }) => [body.kind, turn]),
      [
        ['task', 1],
        ['message', 2],
        ['artifactUpdate', 1],
        ['artifactUpdate', 1],
        ['statusUpdate', 2],
      ],
    );
  },

  'ends the turn with the task, and drops the messages that wait': async (
    world,
  ) => {
    const task = await world.createRunning();
    const { fence } = task.claim;
    await world.append(task.taskId, [messageEvent('second')]);
    await world.append(task.taskId, [completed(task)], {
      fence,
      then: 'endTurn',
    });
    assert.deepEqual(await world.claim(), []);
    const late = world.append(task.taskId, [], { fence });
    await assertRefused(late, 'TASK_FINISHED');
  },

  'ends the turn by a reply': async (world) => {
    const task = await world.createRunning({ isAnnounced: false });
    const message = agentMessage('42');
    const events = [event({ kind: 'reply', message })];
    await world.append(task.taskId, events, {
      fence: task.claim.fence,
    });
    assert.deepEqual(await world.claim(), []);
    const next = await world.store.work.nextDueAt([ALICE.agent]);
    assert.equal(next, undefined);
  },

  'lets the host end a task that another runs': async (world) => {
    const task = await world.createRunning();
    const { fence } = task.claim;
    await world.append(task.taskId, [completed(task)]);
    const late = world.append(task.taskId, [completed(task)], { fence });
    await assertRefused(late, 'TASK_FINISHED');
    const [renewal] = await world.store.work.renew({
      fences: [fence],
      leaseMs: 60_000,
    });
    assert.equal(renewal?.isHeld, false);
  },
};
