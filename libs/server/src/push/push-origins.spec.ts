import { type DueDelivery } from '@nest-a2a/store';
import { type SinkAnswer, WebhookSink } from '@nest-a2a/testing';
import { Logger } from '@nestjs/common';
import { CapturedLog, PushBench } from '../../test/push-bench.js';

const HEALTHY = 900;
const DEAD = 100;
const PER_ORIGIN = 4;

describe('one dead origin among 1,000 webhooks (D24)', () => {
  let bench: PushBench;
  let dead: WebhookSink;
  let healthy: WebhookSink;
  const claimed: DueDelivery[] = [];

  const start = async () => {
    const options = { perOrigin: PER_ORIGIN, concurrency: 16 };
    bench = new PushBench(options, {
      push: (real) => ({
        claimDue: async (command) => {
          const due = await real.claimDue(command);
          claimed.push(...due);
          return due;
        },
      }),
    });
    // The dead one is due for longest, so it comes first wherever it may.
    for (let left = DEAD; left > 0; left -= 1) await bench.addTask(dead.url);
    for (let left = HEALTHY; left > 0; left -= 1) {
      await bench.addTask(healthy.url);
    }
    bench.service.start();
  };
  const claimsOf = ({ url }: WebhookSink) =>
    claimed.filter(({ config }) => config.origin === new URL(url).origin);

  beforeEach(async () => {
    new CapturedLog();
    claimed.length = 0;
    dead = await WebhookSink.open();
    healthy = await WebhookSink.open();
  });
  afterEach(async () => {
    await bench.stop();
    await dead.close();
    await healthy.close();
  });
  afterAll(() => Logger.overrideLogger(true));

  it('delays no other while it does not answer: none of them waits for its slots to come free', async () => {
    dead.answerNext(...Array<SinkAnswer>(DEAD).fill(() => undefined));
    await start();
    const attempts = await bench.waitFor(HEALTHY);
    expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(
      new Set(['delivered']),
    );
    expect(claimsOf(dead)).toHaveLength(PER_ORIGIN);
    expect(dead.connections).toBeLessThanOrEqual(PER_ORIGIN);
  });

  it('costs no claims while its breaker is open', async () => {
    dead.answerNext(...Array<number>(DEAD).fill(500));
    await start();
    const delivered = () =>
      bench.attempts.filter(({ outcome }) => outcome === 'delivered').length;
    while (delivered() < HEALTHY)
      await bench.waitFor(bench.attempts.length + 1);
    // What was under way when the fifth failed, and nothing else.
    const { length: claims } = claimsOf(dead);
    expect(claims).toBeGreaterThanOrEqual(5);
    expect(claims).toBeLessThan(5 + PER_ORIGIN);
    await bench.clock.advance(29_000);
    expect(claimsOf(dead)).toHaveLength(claims);
    const { openUntil } = (await bench.service.origins())[0] ?? {};
    expect(await bench.store.push.nextDueAt()).toBe(openUntil);
    await bench.clock.advance(1_000);
    await bench.waitFor(HEALTHY + claims + 1);
    expect(claimsOf(dead)).toHaveLength(claims + 1);
  });
});
