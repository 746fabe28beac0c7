import assert from 'node:assert/strict';
import { type WakeBus, type WakeTopic } from '../../wake-bus.js';
import { type OpenedWakeBus } from '../harness.js';
import { type ContractTests } from '../runner.js';

const RING_AGAIN_MS = 20;
const PATIENCE_MS = 4_000;

/** Rings until something has been heard: a single hint may be lost. */
async function ringUntil(
  wake: WakeBus,
  topics: readonly WakeTopic[],
  isHeard: () => boolean,
): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!isHeard()) {
    assert.ok(Date.now() < end, `${topics.join()} should be heard`);
    wake.ring(topics);
    await new Promise((resolve) => setTimeout(resolve, RING_AGAIN_MS));
  }
}

/** Listens, and counts. */
function listen(wake: WakeBus, topic: WakeTopic) {
  const heard = { times: 0, stop: () => {} };
  heard.stop = wake.on(topic, () => {
    heard.times += 1;
  });
  return heard;
}

export const wakeBusTests: ContractTests<OpenedWakeBus> = {
  'tells whoever listens, in this process too': async ({ wake, peer }) => {
    for (const bus of [wake, ...(peer ? [peer] : [])]) {
      for (const topic of ['work', 'push', 'task:1', 'cancel:1'] as const) {
        const heard = listen(bus, topic);
        await ringUntil(wake, [topic], () => heard.times > 0);
        heard.stop();
      }
    }
  },

  'tells about many topics at once': async ({ wake }) => {
    const topics = ['work', 'task:a', 'task:b'] as const;
    const heard = topics.map((topic) => listen(wake, topic));
    await ringUntil(wake, topics, () => heard.every(({ times }) => times > 0));
  },

  'tells everybody who listens to a topic': async ({ wake }) => {
    const heard = [listen(wake, 'push'), listen(wake, 'push')];
    await ringUntil(wake, ['push'], () =>
      heard.every(({ times }) => times > 0),
    );
  },

  'tells about other topics nobody who did not ask': async ({ wake }) => {
    const other = ['task:2', 'cancel:1', 'work', 'push'] as const;
    const silent = other.map((topic) => listen(wake, topic));
    const heard = listen(wake, 'task:1');
    await ringUntil(wake, ['task:1'], () => heard.times > 2);
    assert.deepEqual(
      silent.map(({ times }) => times),
      [0, 0, 0, 0],
    );
  },

  'tells nobody who has stopped listening': async ({ wake }) => {
    const stopped = listen(wake, 'work');
    const heard = listen(wake, 'work');
    stopped.stop();
    stopped.stop();
    await ringUntil(wake, ['work'], () => heard.times > 2);
    assert.equal(stopped.times, 0);
  },

  'bears the same callback twice': async ({ wake }) => {
    let times = 0;
    const callback = () => {
      times += 1;
    };
    const stop = wake.on('work', callback);
    wake.on('work', callback);
    stop();
    await ringUntil(wake, ['work'], () => times > 0);
  },

  'tells the others when a callback throws': async ({ wake }) => {
    let thrown = 0;
    wake.on('work', () => {
      thrown += 1;
      throw new Error('a callback that must not throw');
    });
    const heard = listen(wake, 'work');
    await ringUntil(wake, ['work'], () => heard.times > 1 && thrown > 1);
  },

  'calls nobody before it has returned': async ({ wake }) => {
    const heard = listen(wake, 'work');
    for (let round = 0; round < 3; round += 1) {
      wake.ring(['work']);
    }
    assert.equal(heard.times, 0);
    await ringUntil(wake, ['work'], () => heard.times > 0);
  },

  'rings for nobody, and for no topic': async ({ wake }) => {
    wake.ring([]);
    wake.ring(['task:nobody', 'cancel:nobody']);
    const heard = listen(wake, 'work');
    await ringUntil(wake, ['work'], () => heard.times > 0);
  },

  'says how long to wait at most without a hint': async ({ wake }) => {
    assert.ok(Number.isFinite(wake.pollMs) && wake.pollMs > 0);
  },
};
