import { Metadata } from '@grpc/grpc-js';
import { A2AError, invalidParams, taskNotFound } from '@nest-a2a/protocol';
import { toGrpcStatus } from '@nest-a2a/protocol/grpc';
import { grpcClient } from '../../test/grpc-client.js';
import {
  collect,
  failureOf,
  json,
  ScriptedAgent,
  taskIn,
} from '../../test/scripted-agent.js';
import {
  type ScriptedCall,
  ScriptedGrpcAgent,
} from '../../test/scripted-grpc-agent.js';
import { type A2AClient } from '../a2a-client.js';

let agent: ScriptedGrpcAgent;
let client: A2AClient;

beforeEach(async () => {
  agent = await ScriptedGrpcAgent.start();
  client = await grpcClient(agent.address);
});

afterEach(async () => {
  await client.close();
  await agent.allClosed();
  await agent.close();
});

function metadataOf(entries: Record<string, string>): Metadata {
  const metadata = new Metadata();
  Object.entries(entries).forEach(([name, value]) => metadata.set(name, value));
  return metadata;
}

/** Ends a call as our own server does. */
function refuse(call: ScriptedCall, error: A2AError, code?: number): void {
  const status = toGrpcStatus(error);
  const metadata = new Metadata();
  if (status.details) {
    metadata.set('grpc-status-details-bin', Buffer.from(status.details));
  }
  call.fail({ ...status, code: code ?? status.code, metadata });
}

/** The same failure, of a call that answers once and of a stream. */
async function bothFailures(): Promise<any[]> {
  return [
    await failureOf(client.getTask('t1')),
    await failureOf(collect(client.subscribe('t1'))),
  ];
}

describe('what an agent says against a call over gRPC (A2A §10.6)', () => {
  it('is known by the reason in the details', async () => {
    agent.script = (call) => refuse(call, taskNotFound('t1'));
    for (const failure of await bothFailures()) {
      expect(failure).toMatchObject({
        name: 'A2AError',
        code: 'TASK_NOT_FOUND',
        message: 'Task not found',
        metadata: { taskId: 't1' },
      });
    }
  });

  it.each([
    'TASK_NOT_CANCELABLE',
    'PUSH_NOTIFICATION_NOT_SUPPORTED',
    'UNSUPPORTED_OPERATION',
    'VERSION_NOT_SUPPORTED',
  ] as const)('is %s with the status of A2A 1.0.0 too', async (code) => {
    agent.script = (call) => refuse(call, new A2AError(code, 'No'), 12);
    for (const failure of await bothFailures()) {
      expect(failure).toMatchObject({ name: 'A2AError', code });
    }
  });

  it('names the fields that are wrong', async () => {
    const violations = [{ field: 'id', description: 'Is odd' }];
    agent.script = (call) => refuse(call, invalidParams(violations));
    for (const failure of await bothFailures()) {
      expect(failure).toMatchObject({ code: 'INVALID_PARAMS', violations });
    }
  });

  it.each([
    [2, 'INTERNAL'],
    [3, 'INVALID_PARAMS'],
    [5, 'TASK_NOT_FOUND'],
    [7, 'FORBIDDEN'],
    [8, 'RATE_LIMITED'],
    [9, 'UNSUPPORTED_OPERATION'],
    [12, 'METHOD_NOT_FOUND'],
    [13, 'INTERNAL'],
    [16, 'UNAUTHENTICATED'],
  ])('is known by the status %d without details', async (code, expected) => {
    agent.script = (call) => call.fail({ code, message: 'No' });
    for (const failure of await bothFailures()) {
      expect(failure).toMatchObject({
        name: 'A2AError',
        code: expected,
        message: 'No',
      });
    }
  });

  it('says when to try again', async () => {
    const metadata = metadataOf({ 'retry-after': '7' });
    agent.script = (call) => call.fail({ code: 14, message: 'Busy', metadata });
    for (const failure of await bothFailures()) {
      expect(failure).toMatchObject({
        name: 'A2AError',
        code: 'UNAVAILABLE',
        retryAfterSeconds: 7,
      });
    }
  });

  it('says how to authenticate', async () => {
    const metadata = metadataOf({ 'www-authenticate': 'Bearer realm="x"' });
    agent.script = (call) => call.fail({ code: 16, message: 'Who?', metadata });
    for (const failure of await bothFailures()) {
      expect(failure).toMatchObject({
        code: 'UNAUTHENTICATED',
        challenge: 'Bearer realm="x"',
      });
    }
  });

  it('is not that the answer is too large, when the request was', async () => {
    const text = 'x'.repeat(1 << 20);
    expect(await failureOf(client.send(text))).toMatchObject({
      name: 'A2AError',
      code: 'RATE_LIMITED',
    });
  });
});

describe('an answer over gRPC that is none', () => {
  it('is refused: bytes without sense', async () => {
    agent.script = (call) => call.answerBytes(Buffer.from([0xff, 0xff]));
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      name: 'A2AError',
      code: 'INVALID_AGENT_RESPONSE',
    });
  });

  it('is refused: no result at all', async () => {
    agent.script = (call) => call.answer({});
    expect(await failureOf(client.send('hi'))).toMatchObject({
      code: 'INVALID_AGENT_RESPONSE',
    });
    agent.script = (call) => call.answer({}, {});
    expect(await failureOf(collect(client.stream('hi')))).toMatchObject({
      code: 'INVALID_AGENT_RESPONSE',
    });
  });

  it('is refused: a server that speaks no gRPC', async () => {
    const http = await ScriptedAgent.start();
    http.script = (_, response) => json(response, {}, 404);
    const lost = await grpcClient(http.url);
    expect(await failureOf(lost.getTask('t1'))).toMatchObject({
      name: 'A2AClientError',
      code: 'connection-failed',
    });
    await lost.close();
    await http.close();
  });
});

describe('the size of answers over gRPC', () => {
  const large = taskIn('COMPLETED', {
    metadata: { text: 'x'.repeat(20_000) },
  });

  it.each([
    ['one that the other limit would let through', 1_000, 100_000],
    ['both limits', 1_000, 1_000],
  ])('is limited by %s', async (_, limit, other) => {
    await client.close();
    client = await grpcClient(agent.address, {
      maxResponseBytes: limit,
      maxEventBytes: other,
    });
    agent.script = (call) => call.answer(large);
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      name: 'A2AClientError',
      code: 'response-too-large',
      message: `The answer is larger than ${limit} bytes`,
    });

    await client.close();
    client = await grpcClient(agent.address, {
      maxResponseBytes: other,
      maxEventBytes: limit,
    });
    agent.script = (call) =>
      call.answer({ task: taskIn('WORKING') }, { task: large });
    const events = client.stream('hi');
    expect(await events.next()).toMatchObject({ done: false });
    expect(await failureOf(events.next())).toMatchObject({
      code: 'event-too-large',
      message: `An event is larger than ${limit} bytes`,
    });
    // What was asked for next is answered all the same.
    agent.script = (call) => call.answer(taskIn('WORKING'));
    expect((await client.getTask('t1')).state).toBe('working');
  });
});

describe('a connection over gRPC that fails', () => {
  it('is told apart from what an agent says', async () => {
    await agent.close();
    for (const failure of await bothFailures()) {
      expect(failure).toMatchObject({
        name: 'A2AClientError',
        code: 'connection-failed',
        message: expect.not.stringContaining('127.0.0.1'),
        cause: expect.objectContaining({ code: 14 }),
      });
    }
    agent = await ScriptedGrpcAgent.start();
  });

  it('is tried again with the next call, at once', async () => {
    const { port } = agent;
    await agent.close();
    await failureOf(client.getTask('t1'));
    agent = await ScriptedGrpcAgent.start({ port });
    agent.script = (call) => call.answer(taskIn('WORKING'));
    expect((await client.getTask('t1')).state).toBe('working');
  });

  it.each([
    ['is reset', () => void agent.breakAll()],
    [
      'is cancelled by the agent',
      (call: ScriptedCall) => call.fail({ code: 1, message: 'Bye' }),
    ],
  ])('fails the calls on it: it %s', async (_, script) => {
    agent.script = script;
    for (const failure of await bothFailures()) {
      expect(failure).toMatchObject({ code: 'connection-failed' });
    }
  });

  it('is said to have taken too long by whoever is between', async () => {
    agent.script = (call) => call.fail({ code: 4, message: 'Late' });
    for (const failure of await bothFailures()) {
      expect(failure).toMatchObject({
        name: 'A2AClientError',
        code: 'timeout',
      });
    }
  });
});

describe('a call over gRPC that ends early', () => {
  let asked: Promise<ScriptedCall>;

  beforeEach(() => {
    asked = new Promise((resolve) => (agent.script = resolve));
  });

  it('is cancelled by the caller, which the agent learns', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const failure = failureOf(client.getTask('t1', { signal }));
    const { ended } = await asked;
    controller.abort(new Error('enough'));
    expect(await failure).toMatchObject({
      name: 'A2AClientError',
      code: 'aborted',
      cause: expect.objectContaining({ message: 'enough' }),
    });
    await ended;
  });

  it('ends with its time', async () => {
    const failure = failureOf(client.getTask('t1', { timeoutMs: 300 }));
    const { ended } = await asked;
    expect(await failure).toMatchObject({
      code: 'timeout',
      message: 'The agent did not answer within 300 ms',
    });
    await ended;
  });

  it('ends with the client, which leaves no connection', async () => {
    const failure = failureOf(client.getTask('t1'));
    const { ended } = await asked;
    await client.close();
    expect(await failure).toMatchObject({ code: 'closed' });
    await ended;
    await agent.allClosed();
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'closed',
    });
    expect(agent.connections).toBe(1);
  });

  it('is not begun where it has ended already', async () => {
    const signal = AbortSignal.abort();
    for (const call of [
      client.getTask('t1', { signal }),
      collect(client.stream('hi', { signal })),
    ]) {
      expect(await failureOf(call)).toMatchObject({ code: 'aborted' });
    }
    expect(agent.connections).toBe(0);
  });
});
