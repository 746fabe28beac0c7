import {
  type WireAnswer,
  type WireBinding,
  BINDINGS,
  httpJson,
  jsonRpc,
  sendParams,
  VERSION,
} from '../support/a2a-http.js';
import { type RawRequest, sendRaw } from '../support/raw-http.js';
import { expectRefusal } from '../support/refusals.js';
import {
  CARD,
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

const GEO = 'https://example.com/ext/geo/v1';
/** Fastify answers 414 by itself for longer ones, unless the application sets `maxParamLength`. */
const FASTIFY_PARAMETER = 100;
const TIMING = 'https://example.com/ext/timing/v1';

function bodyOf({ name }: WireBinding, method: string, params: unknown) {
  return JSON.stringify(
    name === 'JSONRPC' ? { jsonrpc: '2.0', id: 7, method, params } : params,
  );
}

/** Sends "hi" with exactly these headers besides those of the body. */
async function sendWith(
  url: string,
  binding: WireBinding,
  headers: Record<string, string | string[]>,
  query = '',
): Promise<WireAnswer> {
  const path = binding === jsonRpc ? '/' : '/message:send';
  return answerOf(
    await sendRaw(url, {
      path: path + query,
      headers: { 'Content-Type': 'application/json', ...headers },
      body: bodyOf(binding, 'SendMessage', sendParams('hi')),
    }),
  );
}

function answerOf(answer: Awaited<ReturnType<typeof sendRaw>>): WireAnswer {
  const headers = new Headers(answer.headers as Record<string, string>);
  const { status, text } = answer;
  return { status, headers, body: JSON.parse(text) };
}

describe.each(PLATFORMS)('the protocol of a request, on %s', (platform) => {
  const open: TestAgent[] = [];

  async function start(options?: TestAgentOptions['options']) {
    const agent = await startAgent({ platform, ...(options && { options }) });
    open.push(agent);
    return agent;
  }

  afterAll(() => Promise.all(open.map((agent) => agent.close())));

  describe.each(BINDINGS)('over $name', (binding) => {
    describe('the version (A2A §3.6)', () => {
      let agent: TestAgent;

      beforeAll(async () => {
        agent = await start();
      });

      it.each(['1.0', '1.0.0', '1.0.17', ' 1.0 '])(
        'serves version "%s"',
        async (version) => {
          const headers = { 'A2A-Version': version };
          const answer = await sendWith(agent.url, binding, headers);
          expect(binding.result(answer).task).toBeDefined();
        },
      );

      it('takes the version from the query as well', async () => {
        const query = '?A2A-Version=1.0';
        const answer = await sendWith(agent.url, binding, {}, query);
        expect(binding.result(answer).task).toBeDefined();
      });

      it('lets the header decide over the query', async () => {
        const headers = { 'A2A-Version': '9.9' };
        const query = '?A2A-Version=1.0';
        const answer = await sendWith(agent.url, binding, headers, query);
        const metadata = { requestedVersion: '9.9' };
        expectRefusal(binding, answer, 'VERSION_NOT_SUPPORTED', { metadata });
      });

      it.each(['0.5', '2.0', '1', '1.', '1.0-beta', 'v1.0', '1.0, 1.0', 'x'])(
        'refuses version "%s", and names the ones it has',
        async (version) => {
          const headers = { 'A2A-Version': version };
          const answer = await sendWith(agent.url, binding, headers);
          expectRefusal(binding, answer, 'VERSION_NOT_SUPPORTED', {
            metadata: {
              requestedVersion: version,
              supportedVersions: expect.stringContaining('1.0'),
            },
          });
        },
      );

      it.each([undefined, '', ' ', '0.3', '0.3.0'])(
        'takes the version %j for 0.3, which the host may not serve (A2A §3.6.2)',
        async (version) => {
          const agent = await start({ versions: ['1.0'] });
          const headers = version !== undefined && { 'A2A-Version': version };
          const answer = await sendWith(agent.url, binding, { ...headers });
          expectRefusal(binding, answer, 'VERSION_NOT_SUPPORTED', {
            metadata: { supportedVersions: '1.0' },
          });
        },
      );

      it('says that the version is wrong before anything else is', async () => {
        const answer = answerOf(
          await sendRaw(agent.url, {
            path: binding === jsonRpc ? '/' : '/message:send',
            headers: { 'A2A-Version': '9.9' },
            body: bodyOf(binding, 'Frobnicate', {}),
          }),
        );
        expectRefusal(binding, answer, 'VERSION_NOT_SUPPORTED');
      });
    });

    describe('extensions (A2A §3.2.6, §4.6)', () => {
      let agent: TestAgent;

      beforeAll(async () => {
        const extensions = [{ uri: GEO, required: true }, { uri: TIMING }];
        agent = await start({
          agentCard: { ...CARD, capabilities: { extensions } },
        });
        agent.worker.on('hi', (context) =>
          context.complete(context.extensions.join(' ')),
        );
      });

      const declaring = (...uris: string[]) =>
        sendWith(agent.url, binding, {
          ...VERSION,
          ...(uris.length > 0 && { 'A2A-Extensions': uris.join(',') }),
        });

      it.each([[[]], [[TIMING]], [[`${GEO}/`]], [[GEO.toUpperCase()]]])(
        'refuses a caller who does not know a required one: %j',
        async (uris) => {
          const answer = await declaring(...uris);
          const metadata = { extension: GEO };
          expectRefusal(binding, answer, 'EXTENSION_SUPPORT_REQUIRED', {
            metadata,
          });
        },
      );

      it.each([
        [[GEO], [GEO]],
        [[GEO, GEO, ' '], [GEO]],
        [
          ['https://example.com/other', TIMING, GEO],
          [GEO, TIMING],
        ],
      ])('activates of %j those it has, and says so', async (uris, active) => {
        const answer = await declaring(...uris);
        const [artifact] = binding.result(answer).task.artifacts;
        expect(artifact.parts).toEqual([{ text: active.join(' ') }]);
        expect(answer.headers.get('a2a-extensions')).toBe(active.join(', '));
      });

      it('joins repeated headers', async () => {
        const headers = { ...VERSION, 'A2A-Extensions': [TIMING, GEO] };
        const answer = await sendWith(agent.url, binding, headers);
        expect(answer.headers.get('a2a-extensions')).toBe(`${GEO}, ${TIMING}`);
      });

      it('says it on a stream too', async () => {
        const response = await binding.open(
          agent.url,
          'SendStreamingMessage',
          sendParams('hi'),
          { headers: { 'A2A-Extensions': GEO } },
        );
        await response.text();
        expect(response.headers.get('a2a-extensions')).toBe(GEO);
      });
    });

    describe('what the card does not declare (A2A §3.3.4)', () => {
      let agent: TestAgent;
      let id: string;

      beforeAll(async () => {
        const capabilities = { streaming: false, pushNotifications: false };
        agent = await start({ agentCard: { ...CARD, capabilities } });
        const sent = await jsonRpc.call(
          agent.url,
          'SendMessage',
          sendParams('hi'),
        );
        id = sent.body.result.task.id;
      });

      it('refuses streams, in plain JSON', async () => {
        const requests: [string, object][] = [
          ['SendStreamingMessage', sendParams('hi')],
          ['SubscribeToTask', { id }],
          ['SubscribeToTask', { id: 'no-such-task' }],
        ];
        for (const [operation, params] of requests) {
          const answer = await binding.call(agent.url, operation, params);
          expectRefusal(binding, answer, 'UNSUPPORTED_OPERATION');
        }
      });

      it('refuses push notifications, also inline and for tasks that are not there', async () => {
        const url = 'http://localhost:9/';
        const inline = { taskPushNotificationConfig: { url } };
        const taskId = 'no-such-task';
        const requests: [string, object][] = [
          ['CreateTaskPushNotificationConfig', { taskId: id, url }],
          ['CreateTaskPushNotificationConfig', { taskId, url }],
          ['GetTaskPushNotificationConfig', { taskId: id, id: 'c' }],
          ['ListTaskPushNotificationConfigs', { taskId: id }],
          ['DeleteTaskPushNotificationConfig', { taskId: id, id: 'c' }],
          ['SendMessage', sendParams('hi', { configuration: inline })],
        ];
        const before = await jsonRpc.call(agent.url, 'ListTasks', {});
        for (const [operation, params] of requests) {
          const answer = await binding.call(agent.url, operation, params);
          expectRefusal(binding, answer, 'PUSH_NOTIFICATION_NOT_SUPPORTED');
        }
        const after = await jsonRpc.call(agent.url, 'ListTasks', {});
        expect(after.body.result.totalSize).toBe(before.body.result.totalSize);
      });

      it('refuses the extended card', async () => {
        const operation = 'GetExtendedAgentCard';
        const answer = await binding.call(agent.url, operation);
        expectRefusal(binding, answer, 'UNSUPPORTED_OPERATION');
      });
    });

    it('says that a declared extended card is not there (A2A §3.1.11)', async () => {
      const capabilities = { extendedAgentCard: true };
      const agent = await start({ agentCard: { ...CARD, capabilities } });
      const answer = await binding.call(agent.url, 'GetExtendedAgentCard');
      expectRefusal(binding, answer, 'EXTENDED_AGENT_CARD_NOT_CONFIGURED');
    });
  });

  describe('routes of HTTP+JSON (A2A §11.3)', () => {
    let agent: TestAgent;
    let id: string;

    beforeAll(async () => {
      agent = await start();
      const sent = await httpJson.call(
        agent.url,
        'SendMessage',
        sendParams('hi'),
      );
      id = sent.body.task.id;
    });

    const ask = async (
      method: string,
      path: string,
      rest: Partial<RawRequest> = {},
    ) =>
      answerOf(
        await sendRaw(agent.url, {
          method,
          path,
          headers: VERSION,
          ...rest,
        }),
      );

    it.each([
      ['POST', '/tasks/ID:frobnicate'],
      ['POST', '/tasks/ID:'],
      ['POST', '/tasks/ID'],
      ['POST', '/tasks/ID:subscribe:now'],
      ['POST', '/message:frobnicate'],
      ['POST', '/message:'],
      ['POST', '/message:send:now'],
    ])('does not know %s %s', async (method, path) => {
      const answer = await ask(method, path.replace('ID', id));
      expectRefusal(httpJson, answer, 'METHOD_NOT_FOUND');
    });

    it.each([
      ['PUT', '/tasks/ID'],
      ['DELETE', '/tasks/ID'],
      ['PATCH', '/tasks/ID/pushNotificationConfigs/c'],
      ['GET', '/message:send'],
      ['GET', '/'],
      ['POST', '/tasks'],
      ['POST', '/tasks/ID/frobnicate'],
    ])('leaves %s %s to the application', async (method, path) => {
      const answer = await ask(method, path.replace('ID', id));
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ statusCode: 404 });
    });

    it.each([
      ['a/../b', 'a%2F..%2Fb'],
      ['__proto__', '__proto__'],
      ['ä 1+1', '%C3%A4%201+1'],
      ['x:subscribe-not', 'x:subscribe-not'],
      ["' OR 1=1 --", "'%20OR%201=1%20--"],
    ])('decodes the id "%s"', async (taskId, encoded) => {
      const answer = await ask('GET', `/tasks/${encoded}`);
      const metadata = { taskId };
      expectRefusal(httpJson, answer, 'TASK_NOT_FOUND', { metadata });
    });

    it('decodes the percent signs of an id that is there', async () => {
      const encoded = [...id]
        .map((char) => `%${char.charCodeAt(0).toString(16)}`)
        .join('');
      const answer = await ask('GET', `/tasks/${encoded}`);
      expect(answer.body.id).toBe(id);
    });

    it.each([100, 500, 512, 513])(
      'does not find a task by an id of %d characters',
      async (length) => {
        const taskId = 'x'.repeat(length);
        const answer = await ask('GET', `/tasks/${taskId}`);
        if (platform === 'fastify' && length > FASTIFY_PARAMETER) {
          expect(answer.status).toBe(414);
        } else if (length > 512) {
          const fields = ['id'];
          expectRefusal(httpJson, answer, 'INVALID_PARAMS', { fields });
        } else {
          const metadata = { taskId };
          expectRefusal(httpJson, answer, 'TASK_NOT_FOUND', { metadata });
        }
      },
    );

    it.each(['%E0%A4%A', '%', '%FF'])(
      'refuses the malformed path /tasks/%s',
      async (segment) => {
        const answer = await ask('GET', `/tasks/${segment}`);
        expect(answer.status).toBe(400);
      },
    );

    it.each([
      ['POST', '/tasks/ID:subscribe', 'UNSUPPORTED_OPERATION'],
      ['GET', '/tasks/ID:subscribe', 'UNSUPPORTED_OPERATION'],
      ['POST', '/tasks/ID:cancel', 'TASK_NOT_CANCELABLE'],
      ['POST', '/tasks/:cancel', 'INVALID_PARAMS'],
    ] as const)(
      'needs no body for %s %s, whatever its media type is said to be',
      async (method, path, refused) => {
        const headers = { ...VERSION, 'Content-Type': 'application/json' };
        const target = path.replace('ID', id);
        const fields = refused === 'INVALID_PARAMS' ? ['id'] : [];
        for (const rest of [{}, { headers }, { headers, body: '' }]) {
          const answer = await ask(method, target, rest);
          expectRefusal(httpJson, answer, refused, { fields });
        }
      },
    );

    it.each([
      ['GET', `/tasks/x`],
      ['DELETE', `/tasks/x/pushNotificationConfigs/c`],
    ])(
      'does not judge the media type of %s, which has no body',
      async (method, path) => {
        for (const type of ['application/json', 'text/plain']) {
          const headers = { ...VERSION, 'Content-Type': type };
          const answer = await ask(method, path, { headers });
          expectRefusal(httpJson, answer, 'TASK_NOT_FOUND');
        }
      },
    );

    it('takes the task of a configuration from the path, and refuses another (A2A §11.3)', async () => {
      const path = `/tasks/${id}/pushNotificationConfigs`;
      const url = 'http://localhost:9/';
      const headers = { ...VERSION, 'Content-Type': 'application/a2a+json' };
      for (const other of [{ taskId: 'other' }, { task_id: 'other' }]) {
        const body = JSON.stringify({ url, ...other });
        const answer = await ask('POST', path, { headers, body });
        const fields = ['taskId'];
        expectRefusal(httpJson, answer, 'INVALID_PARAMS', { fields });
      }
      for (const same of [{ taskId: id }, { taskId: '' }, {}]) {
        const body = JSON.stringify({ url, id: 'c', ...same });
        const answer = await ask('POST', path, { headers, body });
        expect(answer.body).toEqual({ id: 'c', taskId: id, url });
      }
    });

    it.each(['a/b', 'ä', ':cancel', '%', 'x'.repeat(FASTIFY_PARAMETER)])(
      'finds the configuration "%.20s" by its path',
      async (configId) => {
        const path = `/tasks/${id}/pushNotificationConfigs`;
        const body = JSON.stringify({
          id: configId,
          url: 'http://localhost:9',
        });
        await ask('POST', path, { body });
        const target = `${path}/${encodeURIComponent(configId)}`;
        const found = await ask('GET', target);
        expect(found.body.id).toBe(configId);
        const deleted = await ask('DELETE', target);
        expect(deleted.body).toEqual({});
        const gone = await ask('GET', target);
        expectRefusal(httpJson, gone, 'TASK_NOT_FOUND');
      },
    );
  });
});
