import { Inject, Injectable, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  A2AModule,
  A2AWorker,
  OnTaskEvent,
  type TaskContext,
  type TaskNotice,
  TaskService,
  type Worker,
} from '@nest-a2a/server';
import { jsonRpc, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { LogCollector } from '../support/log-collector.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { CARD } from '../support/test-agent.js';
import { startHost, type TestHost } from '../support/test-host.js';
import { onTestStore } from '../support/test-runtime.js';
import { until } from '../support/until.js';

@A2AWorker({ agent: 'billing' })
class BillingWorker implements Worker {
  handle(context: TaskContext): Promise<void> {
    return context.complete();
  }
}

@Injectable()
class Listener {
  readonly all: TaskNotice[] = [];
  readonly ends: TaskNotice[] = [];
  readonly billed: TaskNotice[] = [];
  gate: Gate | undefined;

  @OnTaskEvent('*')
  onAnything(notice: TaskNotice): void {
    this.all.push(notice);
  }

  @OnTaskEvent(['completed', 'failed'])
  async onEnd(notice: TaskNotice): Promise<void> {
    await this.gate?.pass();
    this.ends.push(notice);
  }

  @OnTaskEvent('completed', { agent: 'billing' })
  onBilled(notice: TaskNotice): void {
    this.billed.push(notice);
  }

  @OnTaskEvent('canceled')
  onCanceled(): void {
    throw new Error('broken hook');
  }
}

/** Where request-scoped instances leave what they have seen. */
const SEEN = Symbol('seen');

@Injectable({ scope: Scope.REQUEST })
class ScopedListener {
  constructor(
    @Inject(REQUEST) private readonly request: unknown,
    @Inject(SEEN) private readonly seen: unknown[][],
  ) {}

  @OnTaskEvent('completed')
  onCompleted(notice: TaskNotice): void {
    this.seen.push([this, this.request === notice]);
  }
}

const root = () =>
  A2AModule.forRoot(
    onTestStore({ agentCard: CARD, principal: () => 'ann', drainMs: 500 }),
  );
const billing = () =>
  A2AModule.forFeature({ agent: 'billing', path: 'billing', agentCard: CARD });

describe('methods with @OnTaskEvent()', () => {
  let host: TestHost;
  let listener: Listener;
  let worker: ScriptedWorker;
  let log: LogCollector;
  let seen: unknown[][];
  let isClosed: boolean;

  beforeEach(async () => {
    [log, seen, isClosed] = [new LogCollector(), [], false];
    host = await startHost(
      {
        imports: [root(), billing()],
        providers: [
          ScriptedWorker,
          BillingWorker,
          Listener,
          ScopedListener,
          { provide: SEEN, useValue: seen },
        ],
      },
      { before: (app) => app.useLogger(log) },
    );
    listener = host.app.get(Listener);
    worker = host.app.get(ScriptedWorker);
  });

  afterEach(() => (isClosed ? undefined : host.close()));

  const send = async (text: string, path = '/'): Promise<any> => {
    const url = host.url + path;
    const answer = await jsonRpc.call(url, 'SendMessage', sendParams(text));
    return jsonRpc.result(answer).task;
  };

  it('are told what happens to a task, and whose it is', async () => {
    worker.on('talk', async (context) => {
      await context.sendStatus('Looking...');
      await context.emitText('chunk');
      await context.complete();
    });
    const task = await send('talk');
    await until(() => listener.ends.length === 1);
    await until(() => listener.all.some(({ kind }) => kind === 'completed'));
    const kinds = listener.all.map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining(['submitted', 'working', 'artifact', 'completed']),
    );
    const [end] = listener.ends;
    expect(end).toMatchObject({
      kind: 'completed',
      taskId: task.id,
      contextId: task.contextId,
      agent: 'default',
      tenant: '',
      principal: 'ann',
      response: { statusUpdate: { taskId: task.id } },
    });
    expect(await end?.loadTask()).toMatchObject({
      id: task.id,
      status: { state: 'TASK_STATE_COMPLETED' },
    });
    expect(new Set(listener.all.map(({ seq }) => seq)).size).toBe(kinds.length);
  });

  it('are told of the agent that they name, and of no other', async () => {
    const billed = await send('x', '/billing');
    await send('x');
    await until(() => listener.ends.length === 2);
    await until(() => listener.billed.length === 1);
    expect(listener.billed[0]).toMatchObject({
      taskId: billed.id,
      agent: 'billing',
    });
  });

  it('have an instance for each call where they are request-scoped', async () => {
    await send('x');
    await send('x');
    await until(() => seen.length === 2);
    expect(new Set(seen.map(([instance]) => instance)).size).toBe(2);
    expect(seen.map(([, isNotice]) => isNotice)).toEqual([true, true]);
  });

  it('may throw: the log names the method and the task, and nothing else changes', async () => {
    worker.on('wait', (context) => context.requestInput('?'));
    const { id } = await send('wait');
    const answer = await jsonRpc.call(host.url, 'CancelTask', { id });
    expect(jsonRpc.result(answer).status.state).toBe('TASK_STATE_CANCELED');
    const line = await log.find(/Listener.onCanceled failed/);
    expect(line).toContain(`task ${id}`);
    expect(line).toContain('broken hook');
    await until(() => listener.all.some(({ kind }) => kind === 'canceled'));
  });

  it('hold up neither the task nor its caller, and a shutdown for so long only', async () => {
    listener.gate = new Gate();
    const task = await send('x');
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    await listener.gate.reached;
    isClosed = true;
    await host.close();
    expect(await log.find(/not over in time/)).toMatch(
      /Calls of Listener\.onEnd/,
    );
    listener.gate.open();
  });

  it('may find that the task is gone by now', async () => {
    await send('x');
    await until(() => listener.ends.length === 1);
    const [first] = listener.ends;
    await host.app.get(TaskService).delete(first?.taskId ?? '');
    expect(await first?.loadTask()).toBeUndefined();
  });
});

describe('an application does not start with a method that', () => {
  class Misspelt {
    @OnTaskEvent('complete' as 'completed')
    onEnd(): void {}
  }
  class Lost {
    @OnTaskEvent('completed', { agent: 'nobody' })
    onEnd(): void {}
  }

  it.each([
    [
      'is told of nothing',
      Misspelt,
      /Misspelt\.onEnd.*'|There are: .*completed/,
    ],
    ['is for an agent that is not there', Lost, /Lost\.onEnd.*"nobody"/],
  ])('%s', async (_, provider, message) => {
    Injectable()(provider);
    const started = startHost({
      imports: [root()],
      providers: [ScriptedWorker, provider],
    });
    await expect(started).rejects.toMatchObject({
      code: 'INVALID_HOOK',
      message: expect.stringMatching(message),
    });
  });
});
