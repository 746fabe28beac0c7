import { once } from 'node:events';
import { connect } from 'node:http2';
import { createServer } from 'node:net';
import {
  Client,
  credentials,
  type ServiceError,
  ServerCredentials,
} from '@grpc/grpc-js';
import {
  A2AModule,
  A2AWorker,
  GrpcServerError,
  InvalidOptionsError,
  type TaskContext,
  type Worker,
} from '@nest-a2a/server';
import { service as HEALTH } from 'grpc-health-check';
import { sendParams } from '../support/a2a-http.js';
import { selfSigned } from '../support/certificate.js';
import { Gate } from '../support/gate.js';
import { GRPC_AGENT, grpcAddress, GrpcClient } from '../support/grpc-client.js';
import { internal } from '../support/internals.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import { CARD, startAgent, type TestAgent } from '../support/test-agent.js';
import { startHost } from '../support/test-host.js';
import { onTestStore } from '../support/test-runtime.js';
import { until } from '../support/until.js';

const { grpc: ON_FREE_PORT } = GRPC_AGENT;

async function withAgent(
  options: object,
  test: (agent: TestAgent, address: string) => Promise<void>,
): Promise<void> {
  const agent = await startAgent({ options: { ...GRPC_AGENT, ...options } });
  try {
    await test(agent, grpcAddress(agent));
  } finally {
    await agent.close();
  }
}

async function failureOf(options: object): Promise<any> {
  try {
    await (await startAgent({ options })).close();
  } catch (error) {
    return error;
  }
  throw new Error('The application has started');
}

/** Calls a procedure of another service of the server. */
function sideCall(address: string, name: keyof typeof HEALTH, request: object) {
  const client = new Client(address, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = HEALTH[name] as any;
  return new Promise<any>((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      (error: ServiceError | null, answer: unknown) => {
        client.close();
        if (error) reject(error);
        else resolve(answer);
      },
    );
  });
}

describe('a connection to a gRPC server', () => {
  it('has a bounded number of calls at the same time', () =>
    withAgent({}, async (_agent, address) => {
      const session = connect(`http://${address}`);
      await once(session, 'remoteSettings');
      const { maxConcurrentStreams } = session.remoteSettings;
      session.close();
      expect(maxConcurrentStreams).toBe(1_000);
    }));
});

describe('the health of a gRPC server', () => {
  it('is that of the server and of each service', () =>
    withAgent({}, async (_agent, address) => {
      for (const service of ['', 'lf.a2a.v1.A2AService', 'a2a.v1.A2AService']) {
        const answer = await sideCall(address, 'Check', { service });
        expect(answer.status).toBe('SERVING');
      }
      const unknown = sideCall(address, 'Check', { service: 'x' });
      await expect(unknown).rejects.toMatchObject({ code: 5 });
    }));

  it('says so when the process is on its way out, and does not keep it', () =>
    withAgent({}, async (agent, address) => {
      const gate = new Gate();
      agent.worker.on('wait', async (context) => {
        await gate.pass();
        await context.complete();
      });
      const caller = new GrpcClient(address);
      const answer = caller.call('SendMessage', sendParams('wait'));
      await gate.reached;
      const client = new Client(address, credentials.createInsecure());
      const { path, requestSerialize, responseDeserialize } =
        HEALTH.Watch as any;
      const watch = client.makeServerStreamRequest<any, any>(
        path,
        requestSerialize,
        responseDeserialize,
        { service: 'lf.a2a.v1.A2AService' },
      );
      const seen: string[] = [];
      watch.on('data', ({ status }) => seen.push(status));
      const ended = once(watch, 'end');
      await until(() => seen.length === 1, 'the first status');
      const closed = agent.close();
      await until(() => seen.length === 2, 'the second status');
      expect(seen).toEqual(['SERVING', 'NOT_SERVING']);
      gate.open();
      await answer;
      const begun = Date.now();
      await Promise.all([closed, ended]);
      expect(Date.now() - begun).toBeLessThan(1_500);
      client.close();
      caller.close();
    }));

  it('can be left out', () =>
    withAgent(
      { grpc: { ...ON_FREE_PORT, health: false } },
      async (_, address) => {
        const answer = sideCall(address, 'Check', { service: '' });
        await expect(answer).rejects.toMatchObject({ code: 12 });
      },
    ));
});

describe('reflection', () => {
  const PATH = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';

  /** Asks for the services; the bytes are `list_services: "*"`. */
  async function services(address: string): Promise<string> {
    const client = new Client(address, credentials.createInsecure());
    const stream = client.makeBidiStreamRequest<Buffer, Buffer>(
      PATH,
      (bytes) => bytes,
      (bytes) => bytes,
    );
    try {
      stream.write(Buffer.from([0x3a, 1, 0x2a]));
      const [answer] = (await once(stream, 'data')) as [Buffer];
      return answer.toString('latin1');
    } finally {
      stream.on('error', () => undefined).cancel();
      client.close();
    }
  }

  it('names the services where it was asked for', () =>
    withAgent(
      { grpc: { ...ON_FREE_PORT, reflection: true } },
      async (_agent, address) => {
        const answer = await services(address);
        expect(answer).toContain('lf.a2a.v1.A2AService');
        expect(answer).toContain('a2a.v1.A2AService');
      },
    ));

  it('is off otherwise', () =>
    withAgent({}, async (_agent, address) => {
      await expect(services(address)).rejects.toMatchObject({ code: 12 });
    }));
});

describe('TLS', () => {
  it('is done with the credentials of the application', async () => {
    const { key, certificate } = selfSigned();
    const pair = { private_key: key, cert_chain: certificate };
    const grpc = {
      ...ON_FREE_PORT,
      credentials: ServerCredentials.createSsl(null, [pair]),
    };
    await withAgent({ grpc }, async (_agent, address) => {
      const channel = credentials.createSsl(certificate);
      const client = new GrpcClient(address, { channel });
      const { body } = await client.call('SendMessage', sendParams('hi'));
      expect(body.task.status.state).toBe('TASK_STATE_COMPLETED');
      client.close();
      const plain = new GrpcClient(address);
      const { status } = await plain.refusal('ListTasks', {});
      expect(status.code).toBe(14);
      plain.close();
    });
  });
});

describe('the options of gRPC', () => {
  it.each([
    [{ port: -1 }, 'grpc.port'],
    [{ port: 70_000 }, 'grpc.port'],
    [{ host: '' }, 'grpc.host'],
    [{ address: 'https://a.example:443' }, 'grpc.address'],
    [{ credentials: { key: 'x' } }, 'grpc.credentials'],
    [{ reflection: 'yes' }, 'grpc.reflection'],
  ])('%j are refused', async (grpc, field) => {
    const error = await failureOf({ ...GRPC_AGENT, grpc });
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect(error.problems).toMatchObject([{ field }]);
  });

  it('without the binding are refused: nobody would listen', async () => {
    const error = await failureOf({ grpc: { port: 0 } });
    expect(error.problems).toMatchObject([{ field: 'grpc' }]);
  });

  it('may take a call without a version for one of 1.0', () =>
    withAgent(
      { grpc: { ...ON_FREE_PORT, lenient: true } },
      async (_agent, address) => {
        const client = new GrpcClient(address);
        const none = { metadata: { 'a2a-version': '' } };
        const { body } = await client.call('ListTasks', {}, none);
        expect(body.pageSize).toBe(50);
        const other = { metadata: { 'a2a-version': '0.3' } };
        const { status } = await client.refusal('ListTasks', {}, other);
        expect(status.code).toBe(9);
        client.close();
      },
    ));

  it.each([
    ['the host of the URL and the port', {}, 'agents.example.com'],
    ['what the application says', { address: 'b.example:443' }, undefined],
  ])('make the card name %s, without a scheme', (_what, more, host) => {
    const options = {
      publicUrl: 'https://agents.example.com',
      grpc: { ...ON_FREE_PORT, ...more },
    };
    return withAgent(options, async (agent, address) => {
      const path = '/.well-known/agent-card.json';
      const card: any = await (await fetch(agent.url + path)).json();
      const port = address.split(':')[1];
      const url = host === undefined ? more.address : `${host}:${port}`;
      for (const protocolVersion of ['1.0', '0.3']) {
        const entry = { url, protocolBinding: 'GRPC', protocolVersion };
        expect(card.supportedInterfaces).toContainEqual(entry);
      }
    });
  });

  it('say which port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const grpc = { port, host: '127.0.0.1' };
    const options = { ...GRPC_AGENT, agentCard: CARD, grpc };
    const error: any = await startHost({
      imports: [A2AModule.forRoot(onTestStore(options))],
      providers: [ScriptedWorker],
    }).catch((thrown: unknown) => thrown);
    server.close();
    expect(error).toBeInstanceOf(GrpcServerError);
    expect(error.code).toBe('GRPC_CANNOT_LISTEN');
    expect(error.message).toContain(`127.0.0.1:${port}`);
    expect(error.cause).toBeDefined();
  });
});

describe('which servers there are', () => {
  it('one for each agent that answers gRPC', async () => {
    @A2AWorker({ agent: 'second' })
    class SecondWorker implements Worker {
      handle(context: TaskContext) {
        return context.complete('from the second');
      }
    }
    const second = A2AModule.forFeature({
      agent: 'second',
      path: 'second',
      agentCard: CARD,
      bindings: ['GRPC'],
      grpc: ON_FREE_PORT,
    });
    const agent = await startAgent({
      options: GRPC_AGENT,
      imports: [second],
      providers: [ScriptedWorker, SecondWorker],
    });
    const texts = [];
    for (const name of ['default', 'second']) {
      const client = new GrpcClient(grpcAddress(agent, name));
      const { body } = await client.call('SendMessage', sendParams('hi'));
      texts.push(body.task.artifacts[0].parts[0].text);
      client.close();
    }
    await agent.close();
    expect(texts).toEqual(['echo: hi', 'from the second']);
  });

  it('none where the binding was not asked for', async () => {
    const agent = await startAgent();
    expect(internal(agent.app, 'GrpcServers').servers).toEqual([]);
    await agent.close();
  });

  it('none in a process that does not answer requests', async () => {
    const runtime = new SharedRuntime().instance();
    const agent = await startAgent({
      options: {
        ...GRPC_AGENT,
        roles: ['worker'],
        runtime,
        push: DURABLE_PUSH,
      },
    });
    expect(internal(agent.app, 'GrpcServers').servers).toEqual([]);
    await agent.close();
  });

  it('without a service of a version that the agent does not speak', () =>
    withAgent({ versions: ['1.0'] }, async (_agent, address) => {
      const old = new GrpcClient(address, { version: '0.3' });
      const { status } = await old.refusal('GetTask', { name: 'tasks/x' });
      expect(status.code).toBe(12);
      old.close();
    }));
});
