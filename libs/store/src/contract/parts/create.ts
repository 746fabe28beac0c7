import assert from 'node:assert/strict';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { assertRefused, copyOf, vandalise } from '../assertions.js';
import {
  agentMessage,
  ALICE,
  chunkEvent,
  completed,
  event,
  outputOf,
  statusEvent,
  userMessage,
} from '../builders.js';
import { type StoreTests } from '../world.js';

/** How a task comes into being. */
export const createTests: StoreTests = {
  'numbers the first events from 1 and folds them into the task': async (
    world,
  ) => {
    const history = [userMessage('hello')];
    const { taskId, contextId, version, events } = await world.create({
      task: { history, metadata: { a: 1 } },
      more: (task) => [statusEvent(task, 'TASK_STATE_WORKING')],
    });
    assert.equal(version, 2);
    assert.deepEqual(
      events.map(({ seq }) => seq),
      [1, 2],
    );
    assert.deepEqual(await world.load(taskId), {
      scope: ALICE,
      task: {
        id: taskId,
        contextId,
        status: { state: 'TASK_STATE_WORKING' },
        history,
        metadata: { a: 1 },
      },
      version: 2,
      isAnnounced: true,
      isFinished: false,
      turn: 1,
    });
  },

  'answers with the events as they are read later': async (world) => {
    const { taskId, events } = await world.create({
      more: (task) => [chunkEvent(task, 'a'), completed(task)],
    });
    assert.deepEqual(await world.events(taskId), events);
  },

  'keeps id, body, time and JSON of an event': async (world) => {
    const command = world.commandOf();
    await world.store.log.create(command, SYSTEM_CONTEXT);
    const [first] = await world.events(command.taskId);
    const [{ id, body }] = command.events;
    assert.ok(first && body.kind === 'task');
    assert.deepEqual([first.id, first.body], [id, body]);
    assert.deepEqual([first.turn, first.epoch], [1, 0]);
    assert.ok(Number.isSafeInteger(first.at));
    // What the caller asked besides is not for streams and webhooks.
    assert.deepEqual(JSON.parse(first.json), { task: body.task });
  },

  'refuses a second task with the same id': async (world) => {
    const { taskId } = await world.create();
    const before = await world.load(taskId);
    const command = world.commandOf({ taskId });
    const again = world.store.log.create(command, SYSTEM_CONTEXT);
    await assertRefused(again, 'VERSION_CONFLICT');
    assert.deepEqual(await world.load(taskId), before);
  },

  'answers nothing for an unknown task': async (world) => {
    const { log } = world.store;
    assert.equal(await log.load('unknown', {}, SYSTEM_CONTEXT), undefined);
    assert.equal(await log.delete('unknown', SYSTEM_CONTEXT), false);
  },

  'cuts the history and leaves artifacts out': async (world) => {
    const { taskId } = await world.create({
      task: { history: [userMessage('one'), agentMessage('two')] },
      more: (task) => [chunkEvent(task, 'text')],
    });
    const short = await world.load(taskId, { historyLength: 1 });
    const [last] = short.task.history ?? [];
    assert.deepEqual(last?.parts, [{ text: 'two' }]);
    assert.equal(outputOf(short.task), 'text');

    const options = { historyLength: 0, includeArtifacts: false };
    const { task } = await world.load(taskId, options);
    assert.equal(task.history, undefined);
    assert.equal(task.artifacts, undefined);
  },

  'loads a task as it was after each of its events': async (world) => {
    const { taskId } = await world.create({
      more: (task) => [
        chunkEvent(task, 'a'),
        statusEvent(task, 'TASK_STATE_WORKING', { text: 'on it' }),
        chunkEvent(task, 'b'),
        completed(task),
      ],
    });
    const seen: unknown[] = [];
    for (const asOf of [1, 2, 3, 4, 5]) {
      const record = await world.store.log.load(
        taskId,
        { asOf },
        SYSTEM_CONTEXT,
      );
      assert.ok(record);
      const { task, version, isFinished } = record;
      const length = task.history?.length;
      seen.push([
        version,
        task.status.state,
        outputOf(task),
        length,
        isFinished,
      ]);
    }
    assert.deepEqual(seen, [
      [1, 'TASK_STATE_SUBMITTED', '', 1, false],
      [2, 'TASK_STATE_SUBMITTED', 'a', 1, false],
      [3, 'TASK_STATE_WORKING', 'a', 1, false],
      [4, 'TASK_STATE_WORKING', 'ab', 1, false],
      [5, 'TASK_STATE_COMPLETED', 'ab', 2, true],
    ]);
  },

  'loads a task as it is where the asked event is not there': async (world) => {
    const { taskId } = await world.create();
    const { log } = world.store;
    const record = await log.load(taskId, { asOf: 7 }, SYSTEM_CONTEXT);
    assert.deepEqual(record, await world.load(taskId));
  },

  'keeps a task unannounced until it is announced': async (world) => {
    const { taskId } = await world.create({ isAnnounced: false });
    assert.equal((await world.load(taskId)).isAnnounced, false);
    await world.append(taskId, [event({ kind: 'announce' })]);
    assert.equal((await world.load(taskId)).isAnnounced, true);

    const { log } = world.store;
    const before = await log.load(taskId, { asOf: 1 }, SYSTEM_CONTEXT);
    assert.equal(before?.isAnnounced, false);
  },

  'finishes a task by a reply instead of a state': async (world) => {
    const { taskId } = await world.create({ isAnnounced: false });
    const message = agentMessage('42');
    await world.append(taskId, [event({ kind: 'reply', message })]);
    const record = await world.load(taskId);
    assert.deepEqual(record.reply, message);
    assert.equal(record.isFinished, true);
    const late = world.append(taskId, [event({ kind: 'announce' })]);
    await assertRefused(late, 'TASK_FINISHED');
  },

  'never changes what it has answered': async (world) => {
    const sample = await world.create({ more: (t) => [chunkEvent(t, 'a')] });
    const record = await world.load(sample.taskId);
    const copy = copyOf(record);
    await world.append(sample.taskId, [
      chunkEvent(sample, 'b'),
      statusEvent(sample, 'TASK_STATE_WORKING'),
    ]);
    assert.deepEqual(record, copy);
  },

  'shares nothing with its callers': async (world) => {
    const command = world.commandOf({
      task: { metadata: { deep: [{ a: 1 }] } },
      more: (task) => [chunkEvent(task, 'a')],
    });
    const { taskId } = command;
    const answer = await world.store.log.create(command, SYSTEM_CONTEXT);
    const record = copyOf(await world.load(taskId));
    const events = copyOf(await world.events(taskId));
    vandalise(command);
    vandalise(answer);
    vandalise(await world.load(taskId));
    vandalise(await world.events(taskId));
    assert.deepEqual(await world.load(taskId), record);
    assert.deepEqual(await world.events(taskId), events);
  },
};
