import { CollectingRunner, FakeClock, withMethods } from '@nest-a2a/testing';
import { memory } from '../memory/memory.js';
import { type WakeBus } from '../wake-bus.js';
import { describeWakeBus } from './describe-wake-bus.js';

const BROKEN_BUSES: Record<string, [string, (wake: WakeBus) => WakeBus]> = {
  'a hint that comes before the ring returns': [
    'calls nobody before it has returned',
    (wake) => {
      const listeners = new Set<{ callback: () => void }>();
      return withMethods(wake, {
        ring: () => listeners.forEach(({ callback }) => callback()),
        on: (_topic, callback) => {
          const listener = { callback };
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      });
    },
  ],
  'a hint about more than was rung': [
    'nobody who did not ask',
    (wake) =>
      withMethods(wake, {
        ring: (topics) => wake.ring([...topics, 'push', 'cancel:1']),
      }),
  ],
  'an unsubscribe that does nothing': [
    'nobody who has stopped listening',
    (wake) =>
      withMethods(wake, {
        on: (topic, callback) => {
          wake.on(topic, callback);
          return () => {};
        },
      }),
  ],
};

describe('the suite for wake-ups', () => {
  it.each(Object.entries(BROKEN_BUSES))(
    'notices %s',
    async (_name, [fails, mutate]) => {
      const collecting = new CollectingRunner();
      describeWakeBus(collecting.runner, {
        open: async () => {
          const clock = new FakeClock();
          const { wake, close } = await memory().open({ clock });
          return { wake: mutate(wake), close };
        },
      });
      const failed = await collecting.run('a wake-up › hints › ');
      expect(failed).toContainEqual(expect.stringContaining(fails));
    },
  );
});
