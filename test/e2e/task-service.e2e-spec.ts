import { NestFactory } from '@nestjs/core';
import { type INestApplicationContext, Module } from '@nestjs/common';
import {
  A2AModule,
  type PublicEvent,
  TaskService,
  UnknownAgentError,
} from '@nest-a2a/server';
import { brief } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { held } from '../support/internals.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { CARD } from '../support/test-agent.js';
import { onTestStore } from '../support/test-runtime.js';
import { until } from '../support/until.js';

@Module({
  imports: [A2AModule.forRoot(onTestStore({ agentCard: CARD }))],
  providers: [ScriptedWorker],
})
class HostModule {}

/** The code of what a promise rejects with. */
const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no error',
    (error: any) => String(error.code),
  );

describe('TaskService, in an application without HTTP', () => {
  let app: INestApplicationContext;
  let tasks: TaskService;
  let worker: ScriptedWorker;

  beforeAll(async () => {
    app = await NestFactory.createApplicationContext(HostModule, {
      logger: false,
    });
    tasks = app.get(TaskService);
    worker = app.get(ScriptedWorker);
  });

  afterAll(() => app.close());

  /** The events of a task, to its end. */
  async function follow(
    taskId: string,
    after?: number,
  ): Promise<PublicEvent[]> {
    const events: PublicEvent[] = [];
    const range = after === undefined ? {} : { after };
    for await (const event of tasks.follow(taskId, range)) events.push(event);
    return events;
  }

  const words = (events: PublicEvent[]) =>
    events.map(({ response }) => brief(response));

  it('gives an agent something to do and follows it to the end', async () => {
    const { taskId } = await tasks.submit({
      message: 'hello',
      contextId: 'mine',
      metadata: { a: 1 },
    });
    const events = await follow(taskId);
    expect(words(events)).toEqual([
      'task:SUBMITTED',
      'WORKING',
      'artifact',
      'COMPLETED',
    ]);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(new Set(events.map((event) => event.taskId))).toEqual(
      new Set([taskId]),
    );
    const task = await tasks.get(taskId);
    expect(task).toMatchObject({ id: taskId, contextId: 'mine' });
    expect(task?.artifacts?.[0]?.parts).toEqual([{ text: 'echo: hello' }]);
    expect(words(await follow(taskId, 3))).toEqual(['COMPLETED']);
    expect(await follow(taskId, 99)).toEqual([]);
  });

  it('shows the worker what was submitted, and for whom', async () => {
    const seen: unknown[] = [];
    worker.on('look', async (context) => {
      seen.push(
        context.agent,
        context.tenant,
        context.principal,
        context.metadata,
        context.dataParts,
      );
      await context.complete();
    });
    const message = [{ text: 'look' }, { data: { n: 1 } }];
    const { taskId } = await tasks.submit({
      message,
      tenant: 'acme',
      principal: 'ada',
      metadata: { k: 'v' },
    });
    await follow(taskId);
    expect(seen).toEqual(['default', 'acme', 'ada', { k: 'v' }, [{ n: 1 }]]);
  });

  it('refuses an agent that is not there', async () => {
    const submitted = tasks.submit({ agent: 'nobody', message: 'x' });
    await expect(submitted).rejects.toThrow(UnknownAgentError);
  });

  it('gets as much of a task as is asked for', async () => {
    const { taskId } = await tasks.submit({ message: 'hello' });
    await follow(taskId);
    const options = { historyLength: 0, includeArtifacts: false };
    const task = await tasks.get(taskId, options);
    expect(task).toMatchObject({
      id: taskId,
      status: { state: 'TASK_STATE_COMPLETED' },
    });
    expect(task?.history).toBeUndefined();
    expect(task?.artifacts).toBeUndefined();
    expect(await tasks.get('none')).toBeUndefined();
  });

  it("lists everybody's tasks, or those of one owner, page by page", async () => {
    const own = { agent: 'default', tenant: '', principal: 'lister' };
    const ids: string[] = [];
    for (let made = 0; made < 5; made++) {
      const { taskId } = await tasks.submit({
        message: 'hello',
        principal: 'lister',
        contextId: `c${made % 2}`,
      });
      await follow(taskId);
      ids.unshift(taskId);
    }
    const first = await tasks.list({ scope: own, pageSize: 3 });
    const second = await tasks.list({
      scope: own,
      pageSize: 3,
      pageToken: first.nextPageToken,
    });
    expect(
      [...first.tasks, ...second.tasks].map(({ id }) => id).sort(),
    ).toEqual([...ids].sort());
    expect([first.totalSize, second.nextPageToken]).toEqual([5, '']);
    const some = await tasks.list({
      scope: own,
      contextId: 'c1',
      state: 'TASK_STATE_COMPLETED',
    });
    expect(some.totalSize).toBe(2);
    const foreign = await tasks.submit({ message: 'hello' });
    await follow(foreign.taskId);
    const everybody = await tasks.list({ pageSize: 100 });
    expect(everybody.tasks.map(({ id }) => id)).toEqual(
      expect.arrayContaining([...ids, foreign.taskId]),
    );
    expect((await tasks.list({ scope: own })).totalSize).toBe(5);
    expect(await codeOf(tasks.list({ pageToken: 'not ours' }))).toBe(
      'INVALID_PAGE_TOKEN',
    );
  });

  it('continues a task with a further message', async () => {
    worker.on('ask', (context) => context.requestInput('?'));
    const { taskId } = await tasks.submit({ message: 'ask' });
    for await (const { response } of tasks.follow(taskId)) {
      if (brief(response) === 'INPUT_REQUIRED') break;
    }
    const again = await tasks.submit({ message: 'hello', taskId });
    expect(again.taskId).toBe(taskId);
    expect(words(await follow(taskId, 3))).toEqual([
      'SUBMITTED',
      'WORKING',
      'artifact',
      'COMPLETED',
    ]);
    expect(await codeOf(tasks.submit({ message: 'more', taskId }))).toBe(
      'UNSUPPORTED_OPERATION',
    );
  });

  it('cancels, once', async () => {
    worker.on(
      'hang',
      ({ signal }) =>
        new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve()),
        ),
    );
    const { taskId } = await tasks.submit({ message: 'hang' });
    expect((await tasks.cancel(taskId)).status.state).toBe(
      'TASK_STATE_CANCELED',
    );
    expect((await tasks.cancel(taskId)).status.state).toBe(
      'TASK_STATE_CANCELED',
    );
    expect(await codeOf(tasks.cancel('none'))).toBe('TASK_NOT_FOUND');
  });

  it('resumes only what waits', async () => {
    const gate = new Gate();
    worker.on('work', async (context) => {
      await gate.pass();
      await context.complete();
    });
    const { taskId } = await tasks.submit({ message: 'work' });
    await gate.reached;
    for (const message of [undefined, 'go on']) {
      expect(await codeOf(tasks.resume(taskId, message))).toBe(
        'UNSUPPORTED_OPERATION',
      );
      expect(await codeOf(tasks.resume('none', message))).toBe(
        'TASK_NOT_FOUND',
      );
    }
    gate.open();
    await follow(taskId);
    expect(await codeOf(tasks.resume(taskId))).toBe('UNSUPPORTED_OPERATION');
  });

  it('resumes in parts as well, and the worker finds them', async () => {
    let data: unknown;
    worker.on('auth', async (context) => {
      await context.requestAuth('?');
    });
    worker.on('token', async (context) => {
      data = context.dataParts;
      await context.complete();
    });
    const { taskId } = await tasks.submit({ message: 'auth' });
    await until(() => held(app).turns === 0);
    await tasks.resume(taskId, [{ text: 'token' }, { data: { token: 't' } }]);
    await follow(taskId);
    expect(data).toEqual([{ token: 't' }]);
  });

  it('stops to follow when the signal aborts, and lets go', async () => {
    worker.on(
      'hang',
      ({ signal }) =>
        new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve()),
        ),
    );
    const { taskId } = await tasks.submit({ message: 'hang' });
    const abort = new AbortController();
    const seen: string[] = [];
    for await (const { response } of tasks.follow(taskId, {
      signal: abort.signal,
    })) {
      seen.push(brief(response));
      if (seen.length === 2) setImmediate(() => abort.abort());
    }
    expect(seen).toEqual(['task:SUBMITTED', 'WORKING']);
    expect(held(app).watchedTasks).toBe(0);
    await tasks.cancel(taskId);
  });

  it('tells of every public event that this process commits, after its commit', async () => {
    const seen: PublicEvent[] = [];
    const checks: Promise<unknown>[] = [];
    const subscription = tasks.events$.subscribe((event) => {
      seen.push(event);
      checks.push(tasks.get(event.taskId));
    });
    const { taskId } = await tasks.submit({ message: 'hello' });
    await follow(taskId);
    await until(() => seen.length === 4, 'the last event');
    subscription.unsubscribe();
    expect(words(seen)).toEqual([
      'task:SUBMITTED',
      'WORKING',
      'artifact',
      'COMPLETED',
    ]);
    expect(
      (await Promise.all(checks)).every((task) => task !== undefined),
    ).toBe(true);
    await follow((await tasks.submit({ message: 'hello' })).taskId);
    expect(seen).toHaveLength(4);
  });

  it('deletes a task in any state: readers end, its worker is told, nothing is written any more', async () => {
    const gate = new Gate();
    let refusal: unknown;
    worker.on('deleted', async (context) => {
      await gate.pass();
      refusal = await codeOf(context.complete());
    });
    const { taskId } = await tasks.submit({ message: 'deleted' });
    await gate.reached;
    const following = follow(taskId);
    await until(() => held(app).watchedTasks === 1);
    expect(await tasks.delete(taskId)).toBe(true);
    expect(await tasks.delete(taskId)).toBe(false);
    expect(words(await following)).toEqual(['task:SUBMITTED', 'WORKING']);
    expect(await tasks.get(taskId)).toBeUndefined();
    gate.open();
    await until(() => refusal !== undefined);
    expect(refusal).toBe('TURN_LOST');
    expect(await tasks.get(taskId)).toBeUndefined();
  });

  it('ends what it tells of with the application', async () => {
    const other = await NestFactory.createApplicationContext(HostModule, {
      logger: false,
    });
    let isComplete = false;
    other
      .get(TaskService)
      .events$.subscribe({ complete: () => (isComplete = true) });
    await other.close();
    expect(isComplete).toBe(true);
    const late = other.get(TaskService).submit({ message: 'x' });
    expect(await codeOf(late)).toBe('UNAVAILABLE');
  });
});
