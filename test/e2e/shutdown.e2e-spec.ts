import { once } from 'node:events';
import { Agent as HttpAgent, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { type NestApplication } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { A2AModule, MissingWorkerError, TaskService } from '@nest-a2a/server';
import {
  BINDINGS,
  httpJson,
  sendParams,
  VERSION,
} from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { held, internal } from '../support/internals.js';
import { LogCollector } from '../support/log-collector.js';
import { assertNothingLeftOpen, openHandles } from '../support/open-handles.js';
import { RawStream } from '../support/raw-stream.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { StreamReader } from '../support/stream-reader.js';
import {
  CARD,
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';
import { onTestStore } from '../support/test-runtime.js';
import { until } from '../support/until.js';

const NOT_WAITING = { configuration: { returnImmediately: true } };

/** A provider of the application whose own shutdown takes its time. */
@Injectable()
class SlowNeighbour implements BeforeApplicationShutdown {
  gate: Gate | undefined;

  async beforeApplicationShutdown(): Promise<void> {
    await this.gate?.pass();
  }
}

const hang = () => new Promise<void>(() => undefined);

/** Begins to close an application; resolves when it refuses new work. */
async function beginClosing({
  app,
  close,
}: TestAgent): Promise<{ closed: Promise<void> }> {
  const closed = close();
  await until(() => internal(app, 'DrainState').isDraining as boolean);
  return { closed };
}

describe.each(PLATFORMS)('shutdown on %s', (platform) => {
  let agent: TestAgent;
  let handles: ReturnType<typeof openHandles>;

  const start = async (options = {}): Promise<void> => {
    handles = openHandles();
    agent = await startAgent({
      platform,
      options: { drainMs: 10_000, ...options },
      providers: [ScriptedWorker, SlowNeighbour],
    });
  };

  afterEach(async () => {
    await agent.close();
    await assertNothingLeftOpen(handles);
  });

  const open = (
    operation: 'SendStreamingMessage' | 'SubscribeToTask',
    params: any,
  ) => StreamReader.open(httpJson, agent.url, { operation, params });

  it('lets running turns end, and those who wait for them read it', async () => {
    await start();
    const gate = new Gate();
    agent.worker.on('work', async (context) => {
      await gate.pass();
      await context.complete('in time');
    });
    const stream = await open('SendStreamingMessage', sendParams('work'));
    const { id } = await stream.task();
    const other = await open('SubscribeToTask', { id });
    const blocking = httpJson.call(
      agent.url,
      'SendMessage',
      sendParams('work'),
    );
    await until(() => held(agent.app).turns === 2);
    const { closed } = await beginClosing(agent);
    gate.open();
    await closed;
    expect((await stream.restInBrief()).slice(-2)).toEqual([
      'artifact',
      'COMPLETED',
    ]);
    expect((await other.restInBrief()).slice(-2)).toEqual([
      'artifact',
      'COMPLETED',
    ]);
    expect((await blocking).body.task.status.state).toBe(
      'TASK_STATE_COMPLETED',
    );
  });

  it('tells a turn that does not end in time, hands it back, and ends all that waits', async () => {
    await start({ drainMs: 200 });
    const logs = new LogCollector();
    agent.app.useLogger(logs);
    let reason: unknown;
    agent.worker.on('hang', ({ signal }) => {
      signal.addEventListener('abort', () => (reason = signal.reason));
      return hang();
    });
    const stream = await RawStream.open(agent.url, '/message:stream', {
      body: sendParams('hang'),
    });
    await stream.holds('WORKING');
    const id = /"id":"([^"]+)"/.exec(stream.text)?.[1];
    const subscription = await RawStream.open(
      agent.url,
      `/tasks/${id}:subscribe`,
    );
    await subscription.holds('WORKING');
    const blocking = httpJson.call(
      agent.url,
      'SendMessage',
      sendParams('hang'),
    );
    await until(() => held(agent.app).turns === 2);
    const begun = Date.now();
    await agent.close();
    expect(Date.now() - begun).toBeLessThan(5_000);
    expect(reason).toMatchObject({ code: 'TURN_HANDED_BACK' });
    expect((await blocking).body.task.status.state).toBe('TASK_STATE_WORKING');
    for (const reader of [stream, subscription]) {
      await reader.closed();
      const { text } = reader;
      // A clean end that says when to come back; no error, no terminal event.
      expect(text).toContain('retry: 1000\n\n');
      expect(text).toMatch(/\r\n0\r\n\r\n$/);
      expect(text).not.toMatch(/error|CANCELED|FAILED/);
    }
    await logs.find(/2 turns did not end in time/);
  });

  it.each(BINDINGS)(
    'refuses new messages over $name meanwhile, and answers everything else',
    async (binding) => {
      await start();
      const gate = new Gate();
      agent.worker.on('work', async (context) => {
        await gate.pass();
        await context.complete();
      });
      const sent = await binding.call(
        agent.url,
        'SendMessage',
        sendParams('work', NOT_WAITING),
      );
      const { id } = binding.result(sent).task;
      await gate.reached;
      const { closed } = await beginClosing(agent);
      for (const message of [{}, { taskId: id }]) {
        const refused = await binding.call(
          agent.url,
          'SendMessage',
          sendParams('more', { message }),
        );
        expect(refused.status).toBe(503);
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(binding.reason(refused)).toMatch(/UNAVAILABLE|-32603/);
        const stream = await binding.open(
          agent.url,
          'SendStreamingMessage',
          sendParams('more', { message }),
        );
        expect(stream.status).toBe(503);
        expect(stream.headers.get('retry-after')).toBe('1');
        await stream.text();
      }
      await expect(
        agent.app.get(TaskService).submit({ message: 'x' }),
      ).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      const got = await binding.call(agent.url, 'GetTask', { id });
      expect(binding.result(got).status.state).toBe('TASK_STATE_WORKING');
      const late = await StreamReader.open(binding, agent.url, {
        operation: 'SubscribeToTask',
        params: { id },
      });
      expect(late.brief(await late.next())).toBe('task:WORKING');
      const canceled = binding.call(agent.url, 'CancelTask', { id });
      // The stream and the cancellation wait for the worker.
      await until(() => held(agent.app).exchanges === 2);
      gate.open();
      await canceled;
      await closed;
      expect((await late.restInBrief()).at(-1)).toMatch(/CANCELED|COMPLETED/);
    },
  );

  it('refuses a stream that would begin while the others end, and is not held up by it', async () => {
    await start({ drainMs: 100 });
    agent.worker.on('hang', hang);
    const sent = await httpJson.call(
      agent.url,
      'SendMessage',
      sendParams('hang', NOT_WAITING),
    );
    const { id } = sent.body.task;
    // A slow neighbour: the server still listens while its hook runs.
    const gate = new Gate();
    agent.app.get(SlowNeighbour).gate = gate;
    const { closed } = await beginClosing(agent);
    await gate.reached;
    for (const binding of BINDINGS) {
      const late = await binding.call(agent.url, 'SubscribeToTask', { id });
      expect(late.status).toBe(503);
      expect(late.headers.get('retry-after')).toBe('1');
    }
    gate.open();
    await closed;
  });

  it('is not held up by connections that are kept alive', async () => {
    await start();
    const keepAlive = new HttpAgent({ keepAlive: true });
    const outgoing = request(`${agent.url}/tasks/none`, {
      agent: keepAlive,
      headers: VERSION,
    });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    await agent.close();
    keepAlive.destroy();
  });

  it('is not held up by a kept-alive connection whose answer comes while it ends', async () => {
    await start({ drainMs: 100 });
    agent.worker.on('hang', hang);
    const keepAlive = new HttpAgent({ keepAlive: true });
    const outgoing = request(`${agent.url}/message:send`, {
      method: 'POST',
      agent: keepAlive,
      headers: { ...VERSION, 'Content-Type': 'application/json' },
    });
    outgoing.end(JSON.stringify(sendParams('hang')));
    await until(() => held(agent.app).turns === 1);
    const answered = once(outgoing, 'response').then(([response]) =>
      (response as IncomingMessage).resume(),
    );
    const begun = Date.now();
    await agent.close();
    expect(Date.now() - begun).toBeLessThan(4_000);
    await answered;
    keepAlive.destroy();
  });

  it('happens once, however often it is asked for', async () => {
    await start();
    await Promise.all([agent.close(), agent.close()]);
    await agent.close();
  });

  it('works right after the start', async () => {
    handles = openHandles();
    agent = await startAgent({ platform });
    await agent.close();
  });
});

it('leaves what did not end to the next instance, which is no cancellation and no failed attempt', async () => {
  const runtime = new SharedRuntime();
  const options = {
    runtime: runtime.instance(),
    push: DURABLE_PUSH,
    drainMs: 100,
  };
  const first = await startAgent({ options });
  first.worker.on('long', async (context) => {
    await context.once('step', () => 'from the first');
    await context.emitText('half');
    await hang();
  });
  const stream = await StreamReader.open(httpJson, first.url, {
    operation: 'SendStreamingMessage',
    params: sendParams('long'),
  });
  const { id } = await stream.task();
  await stream.until('artifact');
  await first.close();
  expect(await stream.restInBrief()).toEqual([]);

  const second = await startAgent({ options, before: scripted });
  const followed = await StreamReader.open(httpJson, second.url, {
    operation: 'SubscribeToTask',
    params: { id },
    headers: { 'Last-Event-ID': '4' },
  });
  const events = await followed.rest();
  const texts = events
    .map(({ data }) => data.artifactUpdate?.artifact.parts[0].text)
    .filter((text) => text !== undefined);
  expect(texts).toEqual(['attempt 1, from the first']);
  await second.close();
});

/** Scripts a worker before its application takes on work. */
function scripted(app: NestApplication): void {
  app.get(ScriptedWorker).on('long', async (context) => {
    const value = await context.once('step', () => 'from the second');
    await context.complete(`attempt ${context.attempt}, ${value}`);
  });
}

describe('an application that', () => {
  let handles: ReturnType<typeof openHandles>;

  beforeEach(() => {
    handles = openHandles();
  });

  afterEach(() => assertNothingLeftOpen(handles));

  const create = async (providers: any[]): Promise<NestApplication> => {
    const imports = [A2AModule.forRoot(onTestStore({ agentCard: CARD }))];
    const building = Test.createTestingModule({ imports, providers });
    const module = await building.compile();
    return module.createNestApplication<NestApplication>({ logger: false });
  };

  it('was never started closes', async () => {
    const app = await create([ScriptedWorker]);
    await app.close();
  });

  it('serves no HTTP keeps the process alive while it is open, and no longer', async () => {
    const app = await create([ScriptedWorker]);
    await app.init();
    const { keepAlive } = internal(app, 'A2ALifecycle');
    expect(keepAlive.timer.hasRef()).toBe(true);
    await app.close();
    expect(keepAlive.timer).toBeUndefined();
  });

  it('could not start for want of a worker closes', async () => {
    const app = await create([]);
    await expect(app.init()).rejects.toThrow(MissingWorkerError);
    await app.close();
  });

  it('could not start for want of its port closes', async () => {
    const neighbour = createServer().listen(0, '127.0.0.1');
    await once(neighbour, 'listening');
    const { port } = neighbour.address() as AddressInfo;
    const app = await create([ScriptedWorker]);
    await expect(app.listen(port, '127.0.0.1')).rejects.toThrow('EADDRINUSE');
    await app.close();
    neighbour.close();
  });

  it('is closed while it starts closes', async () => {
    const app = await create([ScriptedWorker]);
    const started = app.init();
    await app.close();
    await started;
  });
});
