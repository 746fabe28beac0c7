import { type ServerResponse } from 'node:http';
import {
  beginStream,
  BINDINGS,
  collect,
  failureOf,
  json,
  type Script,
  ScriptedAgent,
} from '../test/scripted-agent.js';
import { type A2AClient } from './a2a-client.js';

const INFO = 'type.googleapis.com/google.rpc.ErrorInfo';

function infoOf(reason: string, domain = 'a2a-protocol.org') {
  return { '@type': INFO, reason, domain, metadata: { taskId: 't1' } };
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html' }).end(body);
}

let agent: ScriptedAgent;

beforeEach(async () => {
  agent = await ScriptedAgent.start();
});

afterEach(() => agent.close());

async function failure(
  binding: 'JSONRPC' | 'HTTP+JSON',
  script: Script,
  call: (client: A2AClient) => Promise<unknown> = (client) =>
    client.getTask('t1'),
): Promise<any> {
  agent.script = script;
  const client = await agent.connect(binding);
  try {
    return await failureOf(call(client));
  } finally {
    await client.close();
  }
}

const CALLS = {
  call: (client: A2AClient) => client.getTask('t1'),
  stream: (client: A2AClient) => collect(client.subscribe('t1')),
};

describe.each(['call', 'stream'] as const)(
  'errors of JSON-RPC as the answer to a %s (A2A §9.5)',
  (kind) => {
    const fail = (script: Script) => failure('JSONRPC', script, CALLS[kind]);
    const error = (body: unknown, status = 200, headers = {}): Script => {
      return ({ body: { id } }, response) =>
        json(response, { jsonrpc: '2.0', id, error: body }, status, headers);
    };

    it('keeps message, reason and metadata', async () => {
      const data = [infoOf('TASK_NOT_FOUND')];
      expect(
        await fail(error({ code: -32001, message: 'No such task', data })),
      ).toMatchObject({
        name: 'A2AError',
        code: 'TASK_NOT_FOUND',
        message: 'No such task',
        metadata: { taskId: 't1' },
      });
    });

    it('keeps what is wrong with which field', async () => {
      const fieldViolations = [{ field: 'id', description: 'Is required' }];
      const data = [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations,
        },
      ];
      expect(
        await fail(error({ code: -32602, message: 'x', data })),
      ).toMatchObject({ code: 'INVALID_PARAMS', violations: fieldViolations });
    });

    it.each([
      [-32001, 'TASK_NOT_FOUND'],
      [-32002, 'TASK_NOT_CANCELABLE'],
      [-32003, 'PUSH_NOTIFICATION_NOT_SUPPORTED'],
      [-32004, 'UNSUPPORTED_OPERATION'],
      [-32005, 'CONTENT_TYPE_NOT_SUPPORTED'],
      [-32006, 'INVALID_AGENT_RESPONSE'],
      [-32007, 'EXTENDED_AGENT_CARD_NOT_CONFIGURED'],
      [-32008, 'EXTENSION_SUPPORT_REQUIRED'],
      [-32009, 'VERSION_NOT_SUPPORTED'],
      [-32700, 'PARSE_ERROR'],
      [-32600, 'INVALID_REQUEST'],
      [-32601, 'METHOD_NOT_FOUND'],
      [-32603, 'INTERNAL'],
      [-31999, 'INTERNAL'],
    ])('tells by the code %d: %s', async (code, expected) => {
      expect(await fail(error({ code, message: 'x' }))).toMatchObject({
        code: expected,
      });
    });

    it.each([null, 'text', {}, infoOf('TASK_NOT_FOUND', 'else.example'), []])(
      'reads an error with the data %j',
      async (data) => {
        expect(
          await fail(error({ code: -32004, message: 'x', data })),
        ).toMatchObject({ code: 'UNSUPPORTED_OPERATION' });
      },
    );

    it('believes the reason more than the code, also as a single object', async () => {
      const data = infoOf('TASK_NOT_CANCELABLE');
      expect(
        await fail(error({ code: -32603, message: 'x', data }, 500)),
      ).toMatchObject({ code: 'TASK_NOT_CANCELABLE' });
    });

    it.each([
      [401, -32600, 'UNAUTHENTICATED'],
      [403, -32600, 'FORBIDDEN'],
      [413, -32600, 'BODY_TOO_LARGE'],
      [429, -32603, 'RATE_LIMITED'],
      [503, -32603, 'UNAVAILABLE'],
      [400, -32602, 'INVALID_PARAMS'],
      [404, -32001, 'TASK_NOT_FOUND'],
    ])('tells by HTTP %d and %d: %s', async (status, code, expected) => {
      expect(await fail(error({ code, message: 'x' }, status))).toMatchObject({
        code: expected,
        message: 'x',
      });
    });

    it('says how to authenticate and when to try again', async () => {
      const challenge = 'Bearer realm="x"';
      const script = error({ code: -32600, message: 'x' }, 401, {
        'WWW-Authenticate': challenge,
        'Retry-After': '7',
      });
      expect(await fail(script)).toMatchObject({
        code: 'UNAUTHENTICATED',
        challenge,
        retryAfterSeconds: 7,
      });
    });

    it('tells by the status alone where it says enough', async () => {
      const script: Script = (_, response) => text(response, 429, '<p>slow');
      expect(await fail(script)).toMatchObject({
        name: 'A2AError',
        code: 'RATE_LIMITED',
      });
    });

    it.each([301, 404, 500])(
      'does not take HTTP %d without JSON-RPC for an answer of the agent',
      async (status) => {
        const script: Script = (_, response) => text(response, status, '<p>');
        expect(await fail(script)).toMatchObject({
          name: 'A2AClientError',
          code: 'invalid-response',
          status,
        });
      },
    );

    it('does not take a page for an answer', async () => {
      const script: Script = (_, response) => text(response, 200, '<p>Hello');
      expect(await fail(script)).toMatchObject({
        code: 'invalid-response',
        status: 200,
      });
    });

    it('refuses an answer that is neither result nor error', async () => {
      const script: Script = (_, response) =>
        json(response, { jsonrpc: '2.0' });
      expect(await fail(script)).toMatchObject({
        code: 'INVALID_AGENT_RESPONSE',
      });
    });
  },
);

describe.each(['call', 'stream'] as const)(
  'errors of HTTP+JSON as the answer to a %s (A2A §11.6)',
  (kind) => {
    const fail = (script: Script) => failure('HTTP+JSON', script, CALLS[kind]);
    const error = (status: number, body: object, headers = {}): Script => {
      const whole = { error: { code: status, message: 'x', ...body } };
      return (_, response) => json(response, whole, status, headers);
    };

    it('keeps message, reason and metadata', async () => {
      const details = [infoOf('TASK_NOT_CANCELABLE')];
      expect(await fail(error(400, { details }))).toMatchObject({
        name: 'A2AError',
        code: 'TASK_NOT_CANCELABLE',
        message: 'x',
        metadata: { taskId: 't1' },
      });
    });

    it.each([
      [400, 'INVALID_ARGUMENT', 'INVALID_PARAMS'],
      [401, 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
      [403, 'PERMISSION_DENIED', 'FORBIDDEN'],
      [404, 'NOT_FOUND', 'TASK_NOT_FOUND'],
      [404, 'UNIMPLEMENTED', 'METHOD_NOT_FOUND'],
      [409, 'FAILED_PRECONDITION', 'TASK_NOT_CANCELABLE'],
      [415, 'INVALID_ARGUMENT', 'CONTENT_TYPE_NOT_SUPPORTED'],
      [422, 'INVALID_ARGUMENT', 'INVALID_PARAMS'],
      [429, 'RESOURCE_EXHAUSTED', 'RATE_LIMITED'],
      [500, 'INTERNAL', 'INTERNAL'],
      [502, 'INTERNAL', 'INVALID_AGENT_RESPONSE'],
      [503, 'UNAVAILABLE', 'UNAVAILABLE'],
    ])('tells by HTTP %d %s: %s', async (status, name, expected) => {
      expect(
        await fail(error(status, { status: name, details: null })),
      ).toMatchObject({ code: expected });
    });

    it('says how to authenticate and when to try again', async () => {
      const headers = { 'WWW-Authenticate': 'Bearer', 'Retry-After': '7' };
      expect(await fail(error(401, {}, headers))).toMatchObject({
        challenge: 'Bearer',
        retryAfterSeconds: 7,
      });
    });

    it('does not follow a redirect', async () => {
      const script: Script = (_, response) =>
        response.writeHead(302, { Location: '/else' }).end();
      expect(await fail(script)).toMatchObject({
        name: 'A2AClientError',
        code: 'invalid-response',
        status: 302,
      });
      expect(agent.calls.map(({ path }) => path)).not.toContain('/else');
    });
  },
);

describe('a 404 on HTTP+JSON', () => {
  const page: Script = (_, response) => text(response, 404, '<p>Not found');

  it('is about the task where the route names one', async () => {
    expect(await failure('HTTP+JSON', page)).toMatchObject({
      code: 'TASK_NOT_FOUND',
    });
  });

  it('is about the route where it names none', async () => {
    expect(
      await failure('HTTP+JSON', page, (client) => client.send('hi')),
    ).toMatchObject({ code: 'METHOD_NOT_FOUND' });
  });

  it('is about the task where the body says so', async () => {
    const script: Script = (_, response) =>
      json(response, { error: { code: 404, status: 'NOT_FOUND' } }, 404);
    expect(
      await failure('HTTP+JSON', script, (client) => client.send('hi')),
    ).toMatchObject({ code: 'TASK_NOT_FOUND' });
  });
});

describe.each(BINDINGS)(
  'errors within a stream over %s (A2A §9.4, §11.7)',
  (binding) => {
    const rpc = { code: -32001, message: 'gone', data: null };
    const http = { code: 404, status: 'NOT_FOUND', message: 'gone' };
    const frames = [
      `data: ${JSON.stringify({ jsonrpc: '2.0', id: 'r1', error: rpc })}\n\n`,
      `data: ${JSON.stringify({ error: http })}\n\n`,
      `event: error\ndata: ${JSON.stringify({ error: rpc })}\n\n`,
      `event: error\ndata: ${JSON.stringify(rpc)}\n\n`,
      `event: error\ndata: ${JSON.stringify(http)}\n\n`,
    ];

    it.each(frames)('reads %j', async (frame) => {
      const script: Script = (_, response) => beginStream(response).end(frame);
      expect(await failure(binding, script, CALLS.stream)).toMatchObject({
        name: 'A2AError',
        code: 'TASK_NOT_FOUND',
        message: 'gone',
      });
    });

    it('reads an error event whose data is no JSON', async () => {
      const script: Script = (_, response) =>
        beginStream(response).end('event: error\ndata: oops\n\n');
      expect(await failure(binding, script, CALLS.stream)).toMatchObject({
        name: 'A2AError',
        code: 'INTERNAL',
      });
    });

    it.each([
      ['data: oops\n\n', 'invalid-response'],
      ['data: {}\n\n', 'INVALID_AGENT_RESPONSE'],
      ['data: [1]\n\n', 'INVALID_AGENT_RESPONSE'],
    ])('refuses the frame %j', async (frame, code) => {
      const script: Script = (_, response) => beginStream(response).end(frame);
      expect(await failure(binding, script, CALLS.stream)).toMatchObject({
        code,
      });
    });
  },
);
