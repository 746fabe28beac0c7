import assert from 'node:assert/strict';
import { SYSTEM_CONTEXT } from '../../scope.js';
import { chunkEvent, completed, outputOf, type TaskRef } from '../builders.js';
import { type StoreTests, type World } from '../world.js';

/** Enough for any reader: one that sees nothing new yields. */
const MAX_READS = 10_000;

/** Reads a task as a stream does: a snapshot, then what follows it, to the end. */
async function follow(world: World, taskId: string): Promise<string> {
  const snapshot = await world.load(taskId);
  let { version } = snapshot;
  let text = outputOf(snapshot.task);
  if (snapshot.isFinished) {
    return text;
  }
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const range = { after: version, limit: 7 };
    const events = await world.store.log.read(taskId, range, SYSTEM_CONTEXT);
    for (const { seq, body } of events) {
      assert.equal(seq, version + 1, 'each event follows the one before');
      version = seq;
      if (body.kind === 'statusUpdate') {
        return text;
      }
      if (body.kind === 'artifactUpdate') {
        text += body.artifactUpdate.artifact.parts
          .map((part) => ('text' in part ? part.text : ''))
          .join('');
      }
    }
    await yieldToOthers();
  }
  throw new Error(`task ${taskId} has not ended`);
}

/** Appends so many chunks and then the end. Reports each append before the next one. */
async function write(
  world: World,
  task: TaskRef,
  { chunks, onAppend }: { chunks: number; onAppend: (index: number) => void },
): Promise<string> {
  const { taskId } = task;
  let text = '';
  for (let index = 0; index < chunks; index += 1) {
    const events = [chunkEvent(task, `${index} `)];
    const command = { taskId, events, expectedVersion: index + 1 };
    await world.store.log.append(command, SYSTEM_CONTEXT);
    text += `${index} `;
    onAppend(index);
    if (index % 4 === 0) {
      await yieldToOthers();
    }
  }
  await world.append(taskId, [completed(task)]);
  return text;
}

function yieldToOthers(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

export const readTests: StoreTests = {
  'reads after a position, up to a limit': async (world) => {
    const { taskId } = await world.create({
      more: (task) => ['a', 'b', 'c', 'd'].map((c) => chunkEvent(task, c)),
    });
    const seqsOf = async (after: number, limit: number) => {
      const range = { after, limit };
      const events = await world.store.log.read(taskId, range, SYSTEM_CONTEXT);
      return events.map(({ seq }) => seq);
    };
    assert.deepEqual(await seqsOf(0, 2), [1, 2]);
    assert.deepEqual(await seqsOf(2, 2), [3, 4]);
    assert.deepEqual(await seqsOf(4, 2), [5]);
    assert.deepEqual(await seqsOf(5, 2), []);
    assert.deepEqual(await seqsOf(99, 2), []);
  },

  'stops reading at a number of bytes, but never before one event': async (
    world,
  ) => {
    // Three bytes each in UTF-8, one code unit each in JavaScript.
    const text = '✓'.repeat(500);
    const { taskId } = await world.create({
      more: (task) => [1, 2, 3].map(() => chunkEvent(task, text)),
    });
    const sizes = (await world.events(taskId)).map(({ json }) =>
      Buffer.byteLength(json),
    );
    const read = async (after: number, maxBytes: number) => {
      const range = { after, limit: 10, maxBytes };
      const events = await world.store.log.read(taskId, range, SYSTEM_CONTEXT);
      return events.map(({ seq }) => seq);
    };
    const two = (sizes[1] ?? 0) + (sizes[2] ?? 0);
    assert.deepEqual(await read(1, 1), [2]);
    assert.deepEqual(await read(1, two), [2, 3]);
    assert.deepEqual(await read(1, 1_000_000), [2, 3, 4]);
  },

  'reads nothing of an unknown task': async (world) => {
    const range = { after: 0, limit: 10 };
    const events = await world.store.log.read('nope', range, SYSTEM_CONTEXT);
    assert.deepEqual(events, []);
  },

  'says where several tasks stand, and leaves out those that are gone': async (
    world,
  ) => {
    const open = await world.create({ more: (t) => [chunkEvent(t, 'a')] });
    const done = await world.create({ more: (t) => [completed(t)] });
    const gone = await world.create();
    await world.store.log.delete(gone.taskId, SYSTEM_CONTEXT);
    const ids = [open.taskId, 'unknown', gone.taskId, done.taskId];
    const versions = await world.store.log.versions(ids, SYSTEM_CONTEXT);
    assert.equal(versions.size, 2);
    assert.deepEqual(versions.get(open.taskId), {
      version: 2,
      isFinished: false,
    });
    assert.deepEqual(versions.get(done.taskId), {
      version: 2,
      isFinished: true,
    });
    assert.equal((await world.store.log.versions([], SYSTEM_CONTEXT)).size, 0);
  },

  'gives a reader a snapshot and what follows it, without a gap or a double':
    async (world) => {
      const task = await world.create();
      const readers = [follow(world, task.taskId)];
      const text = await write(world, task, {
        chunks: 60,
        onAppend: (index) => {
          if (index % 10 === 5) {
            readers.push(follow(world, task.taskId));
          }
        },
      });
      readers.push(follow(world, task.taskId));
      for (const seen of await Promise.all(readers)) {
        // A reader that came after the end has the whole text from the snapshot.
        assert.equal(seen, text);
      }
    },
};
