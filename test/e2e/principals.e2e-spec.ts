import { randomUUID } from 'node:crypto';
import { type CanActivate, type ExecutionContext } from '@nestjs/common';
import { TaskService } from '@nest-a2a/server';
import {
  BINDINGS,
  sendParams,
  type WireAnswer,
  type WireBinding,
} from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { expectRefusal } from '../support/refusals.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

/** Puts on the request what the header `X-User` holds, as authentication does. */
const USER_GUARD: CanActivate = {
  canActivate(context: ExecutionContext) {
    const request = context.switchToHttp().getRequest();
    const user: string | undefined = request.headers['x-user'];
    if (user) request.user = JSON.parse(user);
    return true;
  },
};

const ALICE = JSON.stringify({ sub: 'alice' });
const BOB = JSON.stringify({ sub: 'bob' });
const URL_OF_NOBODY = 'http://localhost:9/';

describe.each(PLATFORMS)('principals on %s', (platform) => {
  describe.each(BINDINGS)('over $name', (binding: WireBinding) => {
    let agent: TestAgent;
    let gate: Gate;

    beforeAll(async () => {
      agent = await startAgent({
        platform,
        options: { guards: [USER_GUARD] },
      });
      agent.worker.on('held', async (context) => {
        await gate.pass();
        await context.complete('done');
      });
      agent.worker.on('ask', (context) => context.requestInput('Which one?'));
      agent.worker.on('who', (context) => context.complete(context.principal));
    });

    afterAll(() => agent.close());

    async function call(
      user: string | undefined,
      operation: string,
      params: object,
    ): Promise<WireAnswer> {
      const headers: Record<string, string> = user ? { 'X-User': user } : {};
      const response = await binding.open(agent.url, operation, params, {
        headers,
      });
      const body = JSON.parse(await response.text());
      return { status: response.status, headers: response.headers, body };
    }

    async function send(user: string | undefined, text: string, more = {}) {
      const answer = await call(user, 'SendMessage', sendParams(text, more));
      return binding.result(answer).task;
    }

    it.each([
      [{ sub: 'alice' }, 'alice'],
      [{ sub: 'alice', id: 'other' }, 'alice'],
      [{ id: 'alice' }, 'alice'],
      [{ id: 7 }, '7'],
      [{ sub: null, id: 0 }, '0'],
      [{}, ''],
      ['alice', ''],
      [undefined, ''],
    ])('are read from the user %j', async (user, principal) => {
      const { status, artifacts } = await send(JSON.stringify(user), 'who');
      expect(status.state).toBe('TASK_STATE_COMPLETED');
      const tasks = agent.app.get(TaskService);
      const scope = { agent: 'default', tenant: '', principal };
      const own = await tasks.list({ scope, pageSize: 1 });
      expect(own.tasks[0]?.artifacts).toEqual(artifacts);
    });

    it.each([{ id: { nested: true } }, { sub: true }])(
      'that the user %j has are for the application to read',
      async (user) => {
        const answer = await call(JSON.stringify(user), 'ListTasks', {});
        expectRefusal(binding, answer, 'INTERNAL');
      },
    );

    it('without a name share their tasks', async () => {
      const { id } = await send(undefined, 'hi');
      const other = await call('{}', 'GetTask', { id });
      expect(binding.result(other).id).toBe(id);
      const alice = await call(ALICE, 'GetTask', { id });
      expectRefusal(binding, alice, 'TASK_NOT_FOUND');
    });

    describe.each(['finished', 'working', 'waiting'])(
      'and a %s task of another',
      (state) => {
        let task: { id: string; contextId: string };

        beforeAll(async () => {
          gate = new Gate();
          const text = { finished: 'hi', working: 'held', waiting: 'ask' };
          const returnImmediately = state === 'working';
          task = await send(ALICE, text[state as keyof typeof text], {
            configuration: {
              returnImmediately,
              taskPushNotificationConfig: { id: 'c', url: URL_OF_NOBODY },
            },
          });
        });

        afterAll(() => gate.open());

        it.each<[string, (id: string) => object]>([
          ['GetTask', (id) => ({ id })],
          ['GetTask', (id) => ({ id, historyLength: 0 })],
          ['CancelTask', (id) => ({ id })],
          ['SubscribeToTask', (id) => ({ id })],
          ['SendMessage', (taskId) => sendMessageTo({ taskId })],
          ['SendStreamingMessage', (taskId) => sendMessageTo({ taskId })],
          [
            'SendMessage',
            (taskId) => sendMessageTo({ taskId, contextId: task.contextId }),
          ],
          [
            'SendMessage',
            (taskId) => sendMessageTo({ taskId, contextId: 'other' }),
          ],
          [
            'CreateTaskPushNotificationConfig',
            (taskId) => ({ taskId, id: 'c', url: URL_OF_NOBODY }),
          ],
          ['GetTaskPushNotificationConfig', (taskId) => ({ taskId, id: 'c' })],
          ['ListTaskPushNotificationConfigs', (taskId) => ({ taskId })],
          [
            'ListTaskPushNotificationConfigs',
            (taskId) => ({ taskId, pageSize: 1, pageToken: 'nonsense' }),
          ],
          [
            'DeleteTaskPushNotificationConfig',
            (taskId) => ({ taskId, id: 'c' }),
          ],
        ])(
          'cannot tell it from one that is not there, by %s (A2A §3.3.2)',
          async (operation, params) => {
            const random = randomUUID();
            const foreign = await call(BOB, operation, params(task.id));
            const missing = await call(BOB, operation, params(random));
            const metadata = { taskId: random };
            expectRefusal(binding, missing, 'TASK_NOT_FOUND', { metadata });
            expect(blurred(foreign, task.id)).toEqual(blurred(missing, random));
          },
        );

        it('do not find it in lists', async () => {
          const { contextId } = task;
          for (const filter of [{}, { contextId }]) {
            const list = await call(BOB, 'ListTasks', filter);
            const { tasks, totalSize } = binding.result(list);
            expect(JSON.stringify(tasks)).not.toContain(task.id);
            expect(totalSize).toBe(tasks.length);
          }
        });

        it('have not changed it', async () => {
          const own = await call(ALICE, 'GetTask', { id: task.id });
          const { status } = binding.result(own);
          expect(status.state).toBe(
            {
              finished: 'TASK_STATE_COMPLETED',
              working: 'TASK_STATE_WORKING',
              waiting: 'TASK_STATE_INPUT_REQUIRED',
            }[state],
          );
          const taskId = task.id;
          const operation = 'ListTaskPushNotificationConfigs';
          const list = await call(ALICE, operation, { taskId });
          expect(binding.result(list).configs).toEqual([
            { id: 'c', taskId, url: URL_OF_NOBODY },
          ]);
        });
      },
    );

    it('may use one messageId and one contextId, each for themselves', async () => {
      const ids = { messageId: randomUUID(), contextId: randomUUID() };
      const alice = await send(ALICE, 'hi', { message: ids });
      const bob = await send(BOB, 'hi', { message: ids });
      expect(bob.id).not.toBe(alice.id);
      for (const [user, { id }] of [
        [ALICE, alice],
        [BOB, bob],
      ]) {
        const { contextId } = ids;
        const list = await call(user, 'ListTasks', { contextId });
        const { tasks } = binding.result(list);
        expect(tasks.map((one: { id: string }) => one.id)).toEqual([id]);
      }
    });
  });

  it.each<[string, (request: any) => any]>([
    ['at once', (request) => request.headers['x-user']],
    ['later', async (request) => request.headers['x-user']],
  ])('may be found by the application, %s', async (_when, principal) => {
    const agent = await startAgent({ platform, options: { principal } });
    const binding = BINDINGS[0] as WireBinding;
    const as = async (user: string, operation: string, params: object) => {
      const headers = { 'X-User': user };
      const init = { headers };
      const response = await binding.open(agent.url, operation, params, init);
      return (await response.json()) as any;
    };
    const sent = await as('alice', 'SendMessage', sendParams('hi'));
    const { id } = sent.result.task;
    const own = await as('alice', 'GetTask', { id });
    const foreign = await as('bob', 'GetTask', { id });
    await agent.close();
    expect(own.result.id).toBe(id);
    expect(foreign.error.code).toBe(-32001);
  });

  it.each([7, true, { sub: 'alice' }, ['alice']])(
    'that are no text are no principals: %j',
    async (found) => {
      const principal = () => found as unknown as string;
      const agent = await startAgent({ platform, options: { principal } });
      const binding = BINDINGS[0] as WireBinding;
      const answer = await binding.call(agent.url, 'ListTasks', {});
      await agent.close();
      expectRefusal(binding, answer, 'INTERNAL');
    },
  );
});

function sendMessageTo(message: object) {
  const messageId = 'the-same-each-time';
  return sendParams('hi', { message: { messageId, ...message } });
}

/** An answer without the id it is about (Express has a hash of it), and without what differs between any two answers. */
function blurred({ status, headers, body }: WireAnswer, id: string) {
  const { date, etag, ...rest } = Object.fromEntries(headers);
  const text = JSON.stringify(body).replaceAll(id, 'ID');
  return { status, date: typeof date, etag: typeof etag, rest, text };
}
