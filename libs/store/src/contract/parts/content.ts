import assert from 'node:assert/strict';
import { type JsonObject } from '@nest-a2a/protocol';
import { type TaskEvent } from '../../log/task-event.js';
import { SYSTEM_CONTEXT } from '../../scope.js';
import {
  ALICE,
  chunkEvent,
  completed,
  outputOf,
  stepEvent,
  userMessage,
} from '../builders.js';
import { type StoreTests } from '../world.js';

/** Texts that stores have been known to lose, cut or refuse. */
const TEXTS = [
  '👩‍👩‍👧‍👦 Grüße, 世界',
  'a\u0000b',
  'half of a pair: \ud83d',
  '"quotes" \\ \b\f\n\r\t \u2028 \u2029 \u007f',
  "'; DROP TABLE task; --",
  '',
];

const CHUNKS = 10_000;
const CHUNKS_PER_APPEND = 20;

export const contentTests: StoreTests = {
  'keeps every text as it is': async (world) => {
    for (const text of TEXTS) {
      const message = userMessage(text);
      const task = await world.create({
        task: { history: [message], metadata: { [text]: text } },
        more: (ref) => [chunkEvent(ref, text), stepEvent(text, text)],
      });
      const record = await world.load(task.taskId);
      assert.deepEqual(record.task.history, [message]);
      assert.deepEqual(record.task.metadata, { [text]: text });
      assert.equal(outputOf(record.task), text);
      const [, chunk, step] = await world.events(task.taskId);
      assert.deepEqual(step?.body, { kind: 'step', key: text, value: text });
      const { kind, ...response } = chunk?.body ?? assert.fail();
      assert.equal(kind, 'artifactUpdate');
      assert.deepEqual(JSON.parse(chunk?.json ?? ''), response);
    }
  },

  'keeps where an event comes from, and tells no client': async (world) => {
    const traceparent = '00-a-b-01';
    for (const fenced of [true, false]) {
      const task = await world.createRunning();
      const { fence } = task.claim;
      const said = [chunkEvent(task, 'x'), completed(task)].map((event) => ({
        ...event,
        body: { ...event.body, turn: { traceparent } } as TaskEvent,
      }));
      await world.append(task.taskId, said, fenced ? { fence } : {});
      const [, ...stored] = await world.events(task.taskId);
      assert.deepEqual(
        stored.map((event) => event.body),
        said.map((event) => event.body),
      );
      assert.ok(stored.every(({ json }) => !json.includes(traceparent)));
    }
  },

  'keeps keys that mean something to JavaScript': async (world) => {
    const text = '{"__proto__":{"polluted":true},"constructor":1,"toString":2}';
    const metadata = JSON.parse(text) as JsonObject;
    const task = await world.create({ task: { metadata } });
    const record = await world.load(task.taskId);
    assert.equal(JSON.stringify(record.task.metadata), text);
    assert.equal('polluted' in {}, false);
    const { contextId } = task;
    const value = { contextId, value: metadata, expectedVersion: 0 };
    await world.store.contexts.put(ALICE, value);
    const stored = await world.store.contexts.load(ALICE, contextId);
    assert.equal(JSON.stringify(stored?.value), text);
  },

  'keeps numbers, empty values and the order of keys': async (world) => {
    const metadata = {
      z: 0.1,
      a: [1e21, -0.5, 9007199254740991, true, false, null],
      nothing: {},
      none: [],
    };
    const { taskId } = await world.create({ task: { metadata } });
    const { task } = await world.load(taskId);
    assert.equal(JSON.stringify(task.metadata), JSON.stringify(metadata));
  },

  'knows long names': async (world) => {
    const contextId = '✓'.repeat(500);
    const messageId = '世'.repeat(500);
    const scope = { ...ALICE, principal: 'ü'.repeat(500) };
    const idempotency = { messageId, fingerprint: 'f'.repeat(64) };
    const options = { contextId, scope, idempotency };
    const { taskId } = await world.create(options);
    const query = { contextId, pageSize: 10 };
    const page = await world.store.log.list(query, { access: scope });
    assert.deepEqual(
      page.items.map(({ task }) => [task.id, task.contextId]),
      [[taskId, contextId]],
    );
    const again = world.commandOf(options);
    const replay = await world.store.log.create(again, SYSTEM_CONTEXT);
    assert.equal(replay.kind, 'replayed');
  },

  'takes every text for an id and a name': async (world) => {
    const { log, contexts } = world.store;
    for (const text of TEXTS.filter((one) => one !== '')) {
      const ids = { taskId: text, contextId: `${text}!` };
      const scope = { agent: text, tenant: text, principal: text };
      const idempotency = { messageId: text, fingerprint: 'f' };
      const command = world.commandOf({ ...ids, scope, idempotency });
      await log.create(command, SYSTEM_CONTEXT);
      const record = await log.load(text, {}, { access: scope });
      assert.equal(record?.task.id, text);
      assert.deepEqual(record.scope, scope);
      const { contextId } = ids;
      const query = { contextId, pageSize: 10 };
      const { items } = await log.list(query, { access: scope });
      assert.deepEqual(
        items.map(({ task }) => [task.id, task.contextId]),
        [[text, contextId]],
      );
      await contexts.put(scope, { contextId, value: text, expectedVersion: 0 });
      const stored = await contexts.load(scope, contextId);
      assert.equal(stored?.value, text);
      const [claim] = await world.claim({ agents: [text], owner: text });
      assert.equal(claim?.fence.taskId, text);
      const again = await log.create(
        world.commandOf({ ...ids, scope, idempotency }),
        SYSTEM_CONTEXT,
      );
      assert.equal(again.kind, 'replayed');
    }
  },

  'keeps ids apart that only look alike': async (world) => {
    const ids = ['\ud83d', '\ude00', '\ufffd', 'a\u0000', 'a', '~utf16:YQ'];
    for (const taskId of ids) {
      await world.create({ taskId });
    }
    for (const taskId of ids) {
      assert.equal((await world.load(taskId)).task.id, taskId);
    }
  },

  'keeps a large body': async (world) => {
    // More than 5 MiB of UTF-8.
    const text = 'é0123456'.repeat(600 * 1_024);
    const { taskId } = await world.create({
      more: (task) => [chunkEvent(task, text)],
    });
    assert.ok(outputOf((await world.load(taskId)).task) === text);
    const value = { contextId: 'large', value: text, expectedVersion: 0 };
    await world.create({ contextId: 'large' });
    await world.store.contexts.put(ALICE, value);
    const stored = await world.store.contexts.load(ALICE, 'large');
    assert.ok(
      stored?.value === text,
      'a value of a conversation of any length',
    );
  },

  'keeps many chunks': async (world) => {
    const task = await world.createRunning();
    const { fence } = task.claim;
    let expectedVersion = 1;
    for (let next = 0; next < CHUNKS; next += CHUNKS_PER_APPEND) {
      const events = Array.from({ length: CHUNKS_PER_APPEND }, (_, index) =>
        chunkEvent(task, `${next + index},`),
      );
      const { taskId } = task;
      const command = { taskId, events, expectedVersion, fence };
      const answer = await world.store.log.append(command, SYSTEM_CONTEXT);
      assert.ok(answer.kind === 'accepted');
      expectedVersion = answer.version;
    }
    await world.append(task.taskId, [completed(task)], { fence });
    const { task: last, version } = await world.load(task.taskId);
    assert.equal(version, CHUNKS + 2);
    const numbers = Array.from({ length: CHUNKS }, (_, index) => `${index},`);
    assert.ok(outputOf(last) === numbers.join(''), 'the chunks in their order');
    const events = await world.events(task.taskId);
    assert.equal(events.length, CHUNKS + 2);
  },
};
