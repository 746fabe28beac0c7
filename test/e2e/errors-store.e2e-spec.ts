import { Logger, type LoggerService } from '@nestjs/common';
import { StoreError, systemClock, type TaskStore } from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';
import { BINDINGS, sendParams } from '../support/a2a-http.js';
import { expectRefusal } from '../support/refusals.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

const SECRET = 'connect ECONNREFUSED 10.1.2.3:5432';

const REQUESTS: [operation: string, params: object][] = [
  ['SendMessage', sendParams('hi')],
  ['SendMessage', sendParams('hi', { message: { taskId: 't' } })],
  ['SendStreamingMessage', sendParams('hi')],
  ['GetTask', { id: 't' }],
  ['ListTasks', {}],
  ['CancelTask', { id: 't' }],
  ['SubscribeToTask', { id: 't' }],
  ['CreateTaskPushNotificationConfig', { taskId: 't', url: 'http://x' }],
  ['ListTaskPushNotificationConfigs', { taskId: 't' }],
];

describe.each(PLATFORMS)('a store that fails, on %s', (platform) => {
  let agent: TestAgent;
  /** What the store throws, where it fails. */
  let failure: Error | undefined;
  const told: string[] = [];
  // An outage is told of once in a while: each test comes a while later.
  let laterMs = 0;
  const clock = {
    ...systemClock,
    now: () => systemClock.now() + laterMs,
  };

  beforeAll(async () => {
    const check = async () => {
      if (failure) throw failure;
    };
    const store = (real: TaskStore): TaskStore =>
      withMethods(real, {
        log: withMethods(real.log, {
          create: (...args) => check().then(() => real.log.create(...args)),
          load: (...args) => check().then(() => real.log.load(...args)),
          list: (...args) => check().then(() => real.log.list(...args)),
        }),
      });
    const runtime = new SharedRuntime().instance({ store });
    agent = await startAgent({
      platform,
      clock,
      options: { runtime, push: DURABLE_PUSH },
    });
    const tell = (...line: unknown[]) => void told.push(line.join(' '));
    const logger: LoggerService = {
      log: () => undefined,
      warn: tell,
      error: tell,
    };
    Logger.overrideLogger(logger);
  });

  beforeEach(() => {
    told.length = 0;
    laterMs += 5_000;
  });

  afterEach(() => {
    failure = undefined;
  });

  afterAll(async () => {
    Logger.overrideLogger(false);
    await agent.close();
  });

  describe.each(BINDINGS)('over $name', (binding) => {
    it.each(REQUESTS)(
      'asks to come again, for %s',
      async (operation, params) => {
        failure = new StoreError('UNAVAILABLE', SECRET);
        const answer = await binding.call(agent.url, operation, params);
        expectRefusal(binding, answer, 'UNAVAILABLE');
        expect(answer.headers.get('retry-after')).toBe('1');
        expect(JSON.stringify(answer.body)).not.toContain('10.1.2.3');
        expect(told).toEqual([expect.stringContaining(SECRET)]);
      },
    );

    it.each(REQUESTS)(
      'says nothing of its own errors, for %s',
      async (operation, params) => {
        failure = new TypeError(SECRET);
        const answer = await binding.call(agent.url, operation, params);
        expectRefusal(binding, answer, 'INTERNAL');
        expect(JSON.stringify(answer.body)).not.toContain('10.1.2.3');
        expect(told).toEqual([expect.stringContaining(SECRET)]);
      },
    );

    it('is mentioned once, in one line, however many ask', async () => {
      failure = new StoreError('UNAVAILABLE', SECRET);
      const ask = () => binding.call(agent.url, 'GetTask', { id: 't' });
      await Promise.all(Array.from({ length: 20 }, ask));
      expect(told).toEqual([`The store is unavailable: ${SECRET} A2ABinding`]);
    });

    it('is used again when it is back', async () => {
      const params = sendParams('hi');
      failure = new StoreError('UNAVAILABLE', SECRET);
      await binding.call(agent.url, 'SendMessage', params);
      failure = undefined;
      const answer = await binding.call(agent.url, 'SendMessage', params);
      expect(binding.result(answer).task.status.state).toBe(
        'TASK_STATE_COMPLETED',
      );
    });
  });
});
