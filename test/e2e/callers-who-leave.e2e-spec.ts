import { once } from 'node:events';
import { connect } from 'node:net';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { TaskService } from '@nest-a2a/server';
import { finalize } from 'rxjs';
import { BINDINGS, httpJson, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { held } from '../support/internals.js';
import { LogCollector } from '../support/log-collector.js';
import { RawStream } from '../support/raw-stream.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { StreamReader } from '../support/stream-reader.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';
import { until } from '../support/until.js';

/** Counts the requests that it has seen begin and not end. */
@Injectable()
class OpenRequests implements NestInterceptor {
  count = 0;

  intercept(_context: ExecutionContext, next: CallHandler) {
    this.count += 1;
    return next.handle().pipe(finalize(() => (this.count -= 1)));
  }
}

describe.each(PLATFORMS)('callers who leave, on %s', (platform) => {
  let agent: TestAgent;
  let logs: LogCollector;
  let interceptor: OpenRequests;

  beforeAll(async () => {
    interceptor = new OpenRequests();
    agent = await startAgent({
      platform,
      providers: [
        ScriptedWorker,
        { provide: APP_INTERCEPTOR, useValue: interceptor },
      ],
    });
  });

  beforeEach(() => {
    logs = new LogCollector();
    agent.app.useLogger(logs);
  });

  afterEach(async () => {
    await until(
      () => interceptor.count === 0,
      'the interceptor to see every request end',
    );
    expect(held(agent.app)).toMatchObject({ watchedTasks: 0, exchanges: 0 });
    expect(logs.troubles).toEqual([]);
  });

  afterAll(() => agent.close());

  const get = async (id: string): Promise<any> =>
    (await httpJson.call(agent.url, 'GetTask', { id })).body;

  /** A worker that says who it works for, and whether it was told to stop. */
  function holdWorker() {
    const gate = new Gate();
    const seen = { taskId: '', isAborted: false };
    agent.worker.on('held', async (context) => {
      seen.taskId = context.taskId;
      await gate.pass();
      seen.isAborted = context.signal.aborted;
      await context.complete('done all the same');
    });
    return { gate, seen };
  }

  it.each(['/message:send', '/message:stream'])(
    'while they wait at %s: the task goes on, and nobody waits for them',
    async (path) => {
      const { gate, seen } = holdWorker();
      const body = sendParams('held');
      const caller = await RawStream.open(agent.url, path, { body });
      await gate.reached;
      await until(() => held(agent.app).exchanges === 1);
      caller.socket.destroy();
      await until(() => held(agent.app).exchanges === 0, 'the exchange to end');
      await until(() => held(agent.app).watchedTasks === 0, 'the watch to end');
      gate.open();
      await until(() => held(agent.app).turns === 0, 'the turn to end');
      expect(seen.isAborted).toBe(false);
      const { status, artifacts } = await get(seen.taskId);
      expect(status.state).toBe('TASK_STATE_COMPLETED');
      expect(artifacts[0].parts).toEqual([{ text: 'done all the same' }]);
    },
  );

  it('before there is a first event: nothing has failed', async () => {
    const silent = await startAgent({
      platform,
      options: { directReplies: true },
    });
    silent.app.useLogger(logs);
    const gate = new Gate();
    silent.worker.on('think', async (context) => {
      await gate.pass();
      await context.reply('at last');
    });
    const body = sendParams('think');
    const caller = await RawStream.open(silent.url, '/message:stream', {
      body,
    });
    await gate.reached;
    caller.socket.destroy();
    await until(() => held(silent.app).exchanges === 0, 'the exchange to end');
    gate.open();
    await silent.close();
    expect(logs.troubles).toEqual([]);
  });

  it.each(['/', '/message:send', '/message:stream'])(
    'in the middle of their request to %s: nothing has happened',
    async (path) => {
      const total = async () => {
        const { body } = await httpJson.call(agent.url, 'ListTasks', {});
        return body.totalSize as number;
      };
      const before = await total();
      const { hostname, port } = new URL(agent.url);
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      const head = [
        `POST ${path} HTTP/1.1`,
        `Host: ${hostname}:${port}`,
        'A2A-Version: 1.0',
        'Content-Type: application/json',
        'Content-Length: 1000',
      ];
      socket.write(`${head.join('\r\n')}\r\n\r\n{"message":`);
      // Another request shows that the server has had time for this one.
      await total();
      socket.resetAndDestroy();
      expect(await total()).toBe(before);
    },
  );

  describe.each(BINDINGS)('over $name', (binding) => {
    it('and those who stay are told when the host deletes the task', async () => {
      const { gate, seen } = holdWorker();
      const sent = binding.call(agent.url, 'SendMessage', sendParams('held'));
      await gate.reached;
      const { taskId } = seen;
      const stream = await StreamReader.open(binding, agent.url, {
        operation: 'SubscribeToTask',
        params: { id: taskId },
      });
      expect(stream.brief(await stream.next())).toBe('task:WORKING');
      await agent.app.get(TaskService).delete(taskId);
      expect(binding.reason(await sent)).toBe('TASK_NOT_FOUND');
      expect(await stream.restInBrief()).toEqual([]);
      gate.open();
      await until(() => held(agent.app).turns === 0, 'the turn to end');
      const got = await binding.call(agent.url, 'GetTask', { id: taskId });
      expect(binding.reason(got)).toBe('TASK_NOT_FOUND');
      const [trouble, ...others] = logs.lines.splice(0);
      expect(trouble).toMatch(new RegExp(`^warn .*${taskId}: lost its turn`));
      expect(others).toEqual([]);
    });
  });
});

it('takes it for no failure when a caller leaves while a hook of Fastify holds the stream', async () => {
  const gate = new Gate();
  const hooked = await startAgent({
    platform: 'fastify',
    before: (app) =>
      app
        .getHttpAdapter()
        .getInstance()
        .addHook('onSend', () => gate.pass()),
  });
  const logs = new LogCollector();
  hooked.app.useLogger(logs);
  const body = sendParams('hi');
  const caller = await RawStream.open(hooked.url, '/message:stream', {
    body,
  });
  await gate.reached;
  caller.socket.destroy();
  await until(() => held(hooked.app).exchanges === 0, 'the exchange to end');
  gate.open();
  await hooked.close();
  expect(logs.troubles).toEqual([]);
});
