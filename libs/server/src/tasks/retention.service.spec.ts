import { memory, type Purged, type RetentionPolicy } from '@nest-a2a/store';
import { FakeClock, withMethods } from '@nest-a2a/testing';
import { Retention } from './retention.service.js';

const MINUTE = 60_000;

describe('the removal of old tasks', () => {
  it('takes few events at once, and goes on at once until nothing is left', async () => {
    const clock = new FakeClock();
    const runtime = await memory().open({ clock });
    const asked: RetentionPolicy[] = [];
    const answers: Purged[] = [
      { taskIds: ['a'], hasMore: true },
      { taskIds: [], hasMore: true },
    ];
    const store = withMethods(runtime.store, {
      log: withMethods(runtime.store.log, {
        purge: async (policy) => {
          asked.push(policy);
          return answers.shift() ?? { taskIds: ['b'], hasMore: false };
        },
      }),
    });
    const retention = new Retention({ ...runtime, store }, clock, {
      retention: { finishedMs: 10, maxFinished: 7 },
      runtime: { ...memory(), isDurable: true },
    } as never);
    retention.onApplicationBootstrap();
    await clock.advance(MINUTE / 2);
    expect(asked).toHaveLength(3);
    expect(asked[0]).toMatchObject({
      keepFinished: 7,
      limit: 500,
      maxEvents: 2_000,
    });
    await clock.advance(MINUTE);
    expect(asked).toHaveLength(4);
    await retention.beforeApplicationShutdown();
    await runtime.close();
  });
});
