import { type DueDelivery, type TaskStore } from '@nest-a2a/store';
import { type SinkAnswer, WebhookSink, withMethods } from '@nest-a2a/testing';
import { Gate } from '../support/gate.js';
import { PushFleet } from '../support/push-fleet.js';
import { CREATE, type PushLab } from '../support/push-lab.js';
import { hang, headersOf } from '../support/webhook-answers.js';

const TASKS = 100;
/** Webhooks of each task, at an origin each. */
const ORIGINS = 10;
const HEALTHY = TASKS * (ORIGINS - 1);
const PER_ORIGIN = 4;
/** What opens a breaker. */
const FAILURES = 5;

const PUSH = {
  select: 'terminal',
  perOrigin: PER_ORIGIN,
  concurrency: 8,
  // Nothing is over while the test looks at it: its clock stands still.
  deadlineMs: 600_000,
  breaker: { failures: FAILURES },
};

describe('two instances with 1,000 webhooks, a tenth of them at one dead origin', () => {
  let fleet: PushFleet;
  let labs: PushLab[];
  let sinks: WebhookSink[];
  let dead: WebhookSink;
  let claimed: DueDelivery[];
  const end = { gate: new Gate() };

  jest.setTimeout(300_000);

  beforeEach(async () => {
    claimed = [];
    fleet = new PushFleet();
    const instance = { push: PUSH, faults: { store: watched } };
    labs = [await fleet.start(instance), await fleet.start(instance)];
    sinks = [];
    for (let count = 0; count < ORIGINS; count += 1) {
      sinks.push(await WebhookSink.open());
    }
    dead = sinks[0]!;
    end.gate = new Gate();
  });
  afterEach(async () => {
    end.gate.open();
    for (const sink of sinks) await sink.close();
    await fleet.close();
  });

  const watched = (store: TaskStore) =>
    withMethods(store, {
      push: withMethods(store.push, {
        claimDue: async (command) => {
          const due = await store.push.claimDue(command);
          claimed.push(...due);
          return due;
        },
      }),
    });
  /** Tasks that end all at once, each with a webhook at each origin. */
  const endTasks = async () => {
    const lab = labs[0]!;
    lab.agent.worker.on('wait', async (context) => {
      await end.gate.pass();
      await context.complete();
    });
    for (let count = 0; count < TASKS; count += 1) {
      const taskId = await lab.send('wait');
      await Promise.all(
        sinks.map(({ url }, index) =>
          lab.call(CREATE, { taskId, id: `origin-${index}`, url }),
        ),
      );
    }
    end.gate.open();
  };
  const isAtDead = ({ configId }: { configId: string }) =>
    configId === 'origin-0';
  const claimsOfDead = () => claimed.filter(({ fence }) => isAtDead(fence));
  const attempts = () => labs.flatMap(({ recorder }) => recorder.attempts);
  const untilHealthyAreDelivered = async () => {
    const delivered = () => attempts().filter((one) => !isAtDead(one)).length;
    while (delivered() < HEALTHY) {
      await Promise.race(
        labs.map(({ recorder }) =>
          recorder.waitFor(recorder.attempts.length + 1),
        ),
      );
    }
  };
  /** Each event is acknowledged by one attempt, and by no second one of whoever. */
  const expectEachOnce = () => {
    const healthy = attempts().filter((one) => !isAtDead(one));
    const outcomes = new Set(healthy.map(({ outcome }) => outcome));
    expect([...outcomes]).toEqual(['delivered']);
    const ids = sinks
      .slice(1)
      .flatMap(({ received }) => headersOf(received, 'webhook-id'));
    expect(ids).toHaveLength(HEALTHY);
    expect(new Set(ids).size).toBe(HEALTHY);
    for (const { recorder } of labs) {
      expect(recorder.attempts.length).toBeGreaterThan(0);
    }
  };

  it('deliver all others while it never answers: it has its few slots, and nobody waits for them (D18, D24)', async () => {
    dead.answerNext(...Array<SinkAnswer>(TASKS).fill(hang));
    await endTasks();
    await untilHealthyAreDelivered();
    expectEachOnce();
    expect(claimsOfDead()).toHaveLength(PER_ORIGIN);
    expect(dead.connections).toBe(PER_ORIGIN);
  });

  it('deliver all others while it fails, and do not claim what is for it (D18, D24)', async () => {
    dead.answerNext(...Array<number>(TASKS).fill(500));
    await endTasks();
    await untilHealthyAreDelivered();
    expectEachOnce();
    const { length: claims } = claimsOfDead();
    expect(claims).toBeGreaterThanOrEqual(FAILURES);
    expect(claims).toBeLessThan(FAILURES + PER_ORIGIN);
    expect(dead.received.length).toBeLessThanOrEqual(claims);
  });
});
