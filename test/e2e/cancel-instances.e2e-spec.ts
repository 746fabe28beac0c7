import { type TurnError } from '@nest-a2a/server';
import { StoreError, type TaskStore } from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';
import { httpJson, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { held } from '../support/internals.js';
import { aborted, begin, endings } from '../support/running-task.js';
import {
  DEAF_BUS,
  DURABLE_PUSH,
  SharedRuntime,
} from '../support/shared-runtime.js';
import { StoreClock } from '../support/store-clock.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

const CANCELED = 'TASK_STATE_CANCELED';

describe('a task that another instance runs', () => {
  const clock = new StoreClock();
  let runtime: SharedRuntime;
  let owner: TestAgent;
  let other: TestAgent;
  let isCutOff: boolean;

  const cutOff = (real: TaskStore): TaskStore => {
    const reach = async <T>(call: () => Promise<T>) => {
      if (isCutOff) throw new StoreError('UNAVAILABLE', 'cut off');
      return call();
    };
    return withMethods(real, {
      log: withMethods(real.log, {
        append: (...args) => reach(() => real.log.append(...args)),
      }),
      work: withMethods(real.work, {
        renew: (...args) => reach(() => real.work.renew(...args)),
        claim: (...args) => reach(() => real.work.claim(...args)),
      }),
    });
  };

  const start = (
    faults: Parameters<SharedRuntime['instance']>[0],
    roles: any,
  ) =>
    startAgent({
      clock,
      options: { runtime: runtime.instance(faults), push: DURABLE_PUSH, roles },
    });

  beforeEach(() => {
    isCutOff = false;
    runtime = new SharedRuntime(clock);
  });

  afterEach(async () => {
    await Promise.all([other.close(), owner.close()]);
  });

  it('is canceled by way of the wake-up', async () => {
    owner = await start({}, ['api', 'worker', 'push']);
    other = await start({}, ['api', 'push']);
    const id = await begin(owner, aborted);
    const { body } = await httpJson.call(other.url, 'CancelTask', { id });
    expect(body.status.state).toBe(CANCELED);
  });

  it('is canceled at the next heartbeat where every wake-up is lost', async () => {
    owner = await start({ wake: () => DEAF_BUS }, ['api', 'worker', 'push']);
    other = await start({ wake: () => DEAF_BUS }, ['api', 'push']);
    const id = await begin(owner, aborted);
    const canceled = httpJson.call(other.url, 'CancelTask', { id });
    await until(() => held(other.app).watchedTasks === 1);
    await clock.advance(4_000);
    expect(await endings(runtime.store, id)).toEqual([]);
    await clock.advance(2_000);
    expect((await canceled).body.status.state).toBe(CANCELED);
  });

  it('is taken from an instance that does not answer, after the grace period', async () => {
    owner = await start({ store: cutOff }, ['api', 'worker', 'push']);
    other = await start({}, ['api', 'push']);
    const gate = new Gate();
    let refusal: unknown;
    const id = await begin(owner, async (context) => {
      await gate.pass();
      refusal = await context.complete('late').catch((e: TurnError) => e.code);
    });
    isCutOff = true;
    const canceled = httpJson.call(other.url, 'CancelTask', { id });
    await until(() => held(other.app).watchedTasks === 1);
    await clock.advance(10_000);
    expect((await canceled).body.status.state).toBe(CANCELED);
    isCutOff = false;
    gate.open();
    await until(() => refusal !== undefined);
    expect(refusal).toBe('TURN_LOST');
    expect(await endings(runtime.store, id)).toEqual([CANCELED]);
  });

  it('leaves no value to the next task of its conversation once it was taken away', async () => {
    owner = await start({ store: cutOff }, ['api', 'worker', 'push']);
    other = await start({}, ['api', 'worker', 'push']);
    const gate = new Gate();
    const refusals: unknown[] = [];
    const id = await begin(owner, async (context) => {
      await gate.pass();
      for (const call of [
        () => context.updateContext('late'),
        () => context.complete('late'),
      ]) {
        refusals.push(await call().catch((error: TurnError) => error.code));
      }
    });
    isCutOff = true;
    const canceled = httpJson.call(other.url, 'CancelTask', { id });
    await until(() => held(other.app).watchedTasks === 1);
    await clock.advance(10_000);
    const { contextId } = (await canceled).body;
    gate.open();
    await until(() => refusals.length === 2);
    expect(refusals).toEqual(['TURN_LOST', 'TURN_LOST']);
    let known: unknown = 'not asked';
    other.worker.on('next', async (context) => {
      known = await context.loadContext();
      await context.complete();
    });
    const params = sendParams('next', { message: { contextId } });
    await httpJson.call(other.url, 'SendMessage', params);
    expect(known).toBeUndefined();
    isCutOff = false;
  });

  it('is canceled at once where the lease of a dead instance has expired', async () => {
    owner = await start({ store: cutOff }, ['api', 'worker', 'push']);
    other = await start({}, ['api', 'push']);
    const id = await begin(owner, aborted);
    isCutOff = true;
    await clock.advance(15_000);
    const { body } = await httpJson.call(other.url, 'CancelTask', { id });
    expect(body.status.state).toBe(CANCELED);
    isCutOff = false;
    await clock.advance(5_000);
    await until(() => held(owner.app).turns === 0, 'it to notice');
  });
});
