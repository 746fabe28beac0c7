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
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

const MEGABYTE = 1_000_000;

/** A list that does not carry the large messages of other tests. */
const LEAST = { pageSize: 1, historyLength: 0 };

/** Where each binding takes a message. */
const PATHS = { JSONRPC: '/', 'HTTP+JSON': '/message:send' };

describe.each(PLATFORMS)('a body that cannot be read, on %s', (platform) => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent({ platform });
    agent.worker.on('large', (context) => context.complete('ok'));
  });

  afterEach(async () => {
    const next = await jsonRpc.call(agent.url, 'SendMessage', sendParams('hi'));
    expect(next.body.result.task.status.state).toBe('TASK_STATE_COMPLETED');
  });

  afterAll(() => agent.close());

  async function post(
    { name }: WireBinding,
    body: RawRequest['body'],
    headers: RawRequest['headers'] = {},
  ): Promise<WireAnswer> {
    const answer = await sendRaw(agent.url, {
      path: PATHS[name],
      headers: { 'Content-Type': 'application/json', ...VERSION, ...headers },
      ...(body !== undefined && { body }),
    });
    return {
      status: answer.status,
      headers: new Headers(answer.headers as Record<string, string>),
      body: JSON.parse(answer.text),
    };
  }

  function bodyOf({ name }: WireBinding, params: unknown): string {
    return JSON.stringify(
      name === 'JSONRPC'
        ? { jsonrpc: '2.0', id: 7, method: 'SendMessage', params }
        : params,
    );
  }

  describe.each(BINDINGS)('over $name', (binding) => {
    it.each([
      ['no JSON', 'this is not JSON'],
      ['half of it', '{"jsonrpc":"2.0","id":7,'],
      ['two values', '{}{}'],
      ['a byte that is no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
      ['UTF-16', Buffer.from('{}', 'utf16le')],
    ])('refuses %s (A2A §9.5, §11.6)', async (_what, body) => {
      const answer = await post(binding, body);
      expectRefusal(binding, answer, 'PARSE_ERROR', { id: null });
    });

    it.each([
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=iso-8859-1',
      'application/json; charset="utf-16"',
      'nonsense',
    ])('refuses the media type %s', async (mediaType) => {
      const body = bodyOf(binding, sendParams('hi'));
      const answer = await post(binding, body, { 'Content-Type': mediaType });
      expectRefusal(binding, answer, 'CONTENT_TYPE_NOT_SUPPORTED', {
        id: null,
        metadata: { mediaType },
      });
    });

    it.each([
      'application/json',
      'application/a2a+json',
      'APPLICATION/JSON; Charset=UTF-8',
      'application/json; charset="utf-8"',
      undefined,
    ])('reads the media type %s', async (mediaType) => {
      const answer = await sendRaw(agent.url, {
        path: PATHS[binding.name],
        headers: {
          ...VERSION,
          ...(mediaType && { 'Content-Type': mediaType }),
        },
        body: bodyOf(binding, sendParams('hi')),
      });
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('echo: hi');
    });

    it.each([
      ['with a length', Buffer.alloc(20 * MEGABYTE, ' ')],
      ['in chunks', Array(20).fill(Buffer.alloc(MEGABYTE, ' '))],
    ])('refuses a body of 20 MB %s (A2A §5.4)', async (_how, body) => {
      const answer = await post(binding, body);
      expectRefusal(binding, answer, 'BODY_TOO_LARGE', { id: null });
    });

    it.each([
      ['with a length', (body: string) => body],
      ['in chunks', (body: string) => [Buffer.from(body)]],
    ])('takes a body of 5 MB %s', async (_how, framed) => {
      const text = `large:${'x'.repeat(5 * MEGABYTE)}`;
      const body = framed(bodyOf(binding, sendParams(text)));
      const answer = await post(binding, body);
      expect(binding.result(answer).task.artifacts[0].parts).toEqual([
        { text: 'ok' },
      ]);
    });

    it('reads a body that begins with a byte order mark', async () => {
      const body = `\uFEFF${bodyOf(binding, sendParams('hi'))}`;
      const answer = await post(binding, body);
      expect(binding.result(answer).task.status.state).toBe(
        'TASK_STATE_COMPLETED',
      );
    });

    it('refuses nesting that would exhaust a stack', async () => {
      const depth = 200_000;
      const nested = '['.repeat(depth) + ']'.repeat(depth);
      const body = bodyOf(
        binding,
        sendParams('hi', { message: { metadata: { deep: 'HERE' } } }),
      ).replace('"HERE"', nested);
      const answer = await post(binding, body);
      expectRefusal(binding, answer, 'INVALID_PARAMS', {
        fields: ['message.metadata'],
      });
    });
  });

  describe('over JSONRPC', () => {
    it.each([
      ['an empty body', ''],
      ['null', 'null'],
      ['a text', '"SendMessage"'],
      ['a number', '42'],
      ['a batch', '[{"jsonrpc":"2.0","id":7,"method":"ListTasks"}]'],
      ['an empty batch', '[]'],
    ])('refuses %s', async (_what, body) => {
      const answer = await post(jsonRpc, body);
      expectRefusal(jsonRpc, answer, 'INVALID_REQUEST', { id: null });
    });

    it.each([
      [{ id: 7, method: 'ListTasks' }, ['jsonrpc']],
      [{ jsonrpc: '1.0', id: 7, method: 'ListTasks' }, ['jsonrpc']],
      [{ jsonrpc: 2, id: 7, method: 'ListTasks' }, ['jsonrpc']],
      [{ jsonrpc: '2.0', id: 7 }, ['method']],
      [{ jsonrpc: '2.0', id: 7, method: 5 }, ['method']],
      [{ jsonrpc: '2.0', id: 7, method: null }, ['method']],
    ])('refuses the envelope %j', async (request, fields) => {
      const answer = await post(jsonRpc, JSON.stringify(request));
      expectRefusal(jsonRpc, answer, 'INVALID_REQUEST', { fields });
    });

    it.each(['{}', '[]', 'true', '1e999'])(
      'refuses %s as an id',
      async (id) => {
        const body = `{"jsonrpc":"2.0","id":${id},"method":"ListTasks"}`;
        const answer = await post(jsonRpc, body);
        expectRefusal(jsonRpc, answer, 'INVALID_REQUEST', {
          id: null,
          fields: ['id'],
        });
      },
    );

    it('refuses a notification and does nothing', async () => {
      const before = await jsonRpc.call(agent.url, 'ListTasks', LEAST);
      const params = sendParams('hi');
      const request = { jsonrpc: '2.0', method: 'SendMessage', params };
      const answer = await post(jsonRpc, JSON.stringify(request));
      expectRefusal(jsonRpc, answer, 'INVALID_REQUEST', {
        id: null,
        fields: ['id'],
      });
      const after = await jsonRpc.call(agent.url, 'ListTasks', LEAST);
      expect(after.body.result.totalSize).toBe(before.body.result.totalSize);
    });

    it.each([null, 0, -1, 1.5, '', 'r1', '\u2028"'])(
      'answers the id %j as it came (JSON-RPC 2.0 §5)',
      async (id) => {
        const method = 'ListTasks';
        const request = { jsonrpc: '2.0', id, method, params: LEAST };
        const { status, body } = await post(jsonRpc, JSON.stringify(request));
        expect(status).toBe(200);
        expect(body.id).toBe(id);
        expect(body.result.tasks).toEqual(expect.any(Array));
      },
    );

    it.each([
      'Frobnicate',
      'sendMessage',
      'message/send',
      'tasks/get',
      'constructor',
      '__proto__',
      '',
    ])('does not know the method %j', async (method) => {
      const request = { jsonrpc: '2.0', id: 7, method, params: {} };
      const answer = await post(jsonRpc, JSON.stringify(request));
      expectRefusal(jsonRpc, answer, 'METHOD_NOT_FOUND');
    });

    it.each([[[]], ['x'], [7], [true]])(
      'refuses the params %j',
      async (params) => {
        const request = { jsonrpc: '2.0', id: 7, method: 'GetTask', params };
        const answer = await post(jsonRpc, JSON.stringify(request));
        expectRefusal(jsonRpc, answer, 'INVALID_PARAMS', { fields: [''] });
      },
    );
  });

  describe('over HTTP+JSON', () => {
    it.each([
      ['an empty body', '', ['message']],
      ['null', 'null', ['message']],
      ['a text', '"hi"', ['']],
      ['a list', '[]', ['']],
    ])('refuses %s', async (_what, body, fields) => {
      const answer = await post(httpJson, body);
      expectRefusal(httpJson, answer, 'INVALID_PARAMS', { fields });
    });

    it('answers plain JSON to a caller who takes nothing else (A2A §11.1)', async () => {
      const answer = await post(httpJson, 'x', { Accept: 'application/json' });
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toMatch(
        /^application\/json\b/,
      );
    });
  });
});
