// How long it takes from a commit on one instance until a reader on another
// has read it, by the way in which it is woken:
// DATABASE_URL=postgres://… REDIS_URL=redis://… npm run bench:wake
import { randomUUID } from 'node:crypto';
import { postgres } from '@nest-a2a/postgres';
import { redis } from '@nest-a2a/redis';
import { SYSTEM_CONTEXT, systemClock } from '@nest-a2a/store';

/** How often, and how long to wait between two events at most: an event comes at any time between two polls. */
const TOLD = { count: 500, pauseMs: 20 };
const POLLED = { count: 100, pauseMs: 500 };

const { DATABASE_URL: url, REDIS_URL: redisUrl } = process.env;
if (!url) throw new TypeError('DATABASE_URL says where PostgreSQL is');

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const open = (wake) =>
  postgres({ url, schema: 'a2a_bench', wake }).open({ clock: systemClock });

/** A task that takes events. */
async function createTask({ log }) {
  const [taskId, contextId] = [randomUUID(), randomUUID()];
  const status = { state: 'TASK_STATE_SUBMITTED' };
  const body = {
    kind: 'task',
    task: { id: taskId, contextId, status },
    turn: {},
  };
  const command = {
    scope: { agent: 'bench', tenant: '', principal: '' },
    ...{ taskId, contextId, isAnnounced: true },
    events: [{ id: randomUUID(), body }],
  };
  await log.create(command, SYSTEM_CONTEXT);
  return { taskId, contextId };
}

function chunk({ taskId, contextId }) {
  const artifact = { artifactId: 'output', parts: [{ text: 'chunk' }] };
  const artifactUpdate = { taskId, contextId, artifact, append: true };
  return { id: randomUUID(), body: { kind: 'artifactUpdate', artifactUpdate } };
}

/** Reads a task event by event: on a hint, or when it is time to look. */
function follow({ store, wake }, taskId, onRead) {
  const state = { isOver: false, wakeUp: () => {} };
  const stop = wake.on(`task:${taskId}`, () => state.wakeUp());
  const loop = async () => {
    let after = 1;
    while (!state.isOver) {
      const hint = new Promise((resolve) => (state.wakeUp = resolve));
      const range = { after, limit: 100 };
      const events = await store.log.read(taskId, range, SYSTEM_CONTEXT);
      events.forEach(({ seq }) => onRead(seq));
      after += events.length;
      let timer;
      const time = new Promise((resolve) => {
        timer = setTimeout(resolve, wake.pollMs);
      });
      if (events.length === 0) await Promise.race([hint, time]);
      clearTimeout(timer);
    }
  };
  const ended = loop();
  return async () => {
    state.isOver = true;
    state.wakeUp();
    stop();
    await ended;
  };
}

/** Milliseconds from each commit to its reader, in order. */
async function measure(wake, { count, pauseMs }) {
  const [writer, reader] = [await open(wake), await open(wake)];
  const task = await createTask(writer.store);
  const committedAt = new Map();
  const times = [];
  const reads = new Map();
  const stop = follow(reader, task.taskId, (seq) => {
    reads.get(seq)?.();
    times.push(performance.now() - (committedAt.get(seq) ?? performance.now()));
  });
  for (let version = 1; version <= count; version += 1) {
    const read = new Promise((resolve) => reads.set(version + 1, resolve));
    const { taskId } = task;
    const command = { taskId, events: [chunk(task)], expectedVersion: version };
    await writer.store.log.append(command, SYSTEM_CONTEXT);
    committedAt.set(version + 1, performance.now());
    writer.wake.ring([`task:${taskId}`]);
    await read;
    await pause(pauseMs * Math.random());
  }
  await stop();
  await Promise.all([writer.close(), reader.close()]);
  return times.sort((a, b) => a - b);
}

const at = (times, share) =>
  times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(
    1,
  );

const ways = {
  NOTIFY: ['notify', TOLD],
  ...(redisUrl && { Redis: [redis({ url: redisUrl }), TOLD] }),
  polling: ['poll', POLLED],
};
for (const [name, [wake, load]] of Object.entries(ways)) {
  const times = await measure(wake, load);
  console.log(
    `${name}: p50 ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms, longest ${at(times, 1)} ms (${load.count} events)`,
  );
}
