import {
  collect,
  failureOf,
  interfaceOf,
  ScriptedAgent,
  taskIn,
} from '../test/scripted-agent.js';
import { A2AClient } from './a2a-client.js';
import {
  type BindingConnector,
  type BindingContext,
} from './bindings/binding-connector.js';
import { type ClientBinding } from './bindings/client-binding.js';
import { oneFrame } from './bindings/stream-frames.js';
import { A2AClientError } from './errors/a2a-client-error.js';

/** A binding that remembers what it is told, and answers at once. */
class RecordingBinding implements ClientBinding {
  readonly told: unknown[] = [];
  isClosed = false;

  call: ClientBinding['call'] = (operation, request, { headers }) => {
    this.told.push({ operation, request, headers });
    return Promise.resolve(taskIn('WORKING'));
  };

  open: ClientBinding['open'] = (operation, request, { headers }) => {
    this.told.push({ operation, request, headers });
    return Promise.resolve(oneFrame({ task: taskIn('COMPLETED') }));
  };

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

let agent: ScriptedAgent;
let binding: RecordingBinding;
let connected: { url: string; tenant?: string; version: string }[];
let context: BindingContext | undefined;
let connector: BindingConnector;

beforeEach(async () => {
  agent = await ScriptedAgent.start();
  binding = new RecordingBinding();
  connected = [];
  connector = {
    binding: 'GRPC',
    versions: ['1.0', '0.3'],
    canCall: (url) => /^[\w.]+:\d+$/.test(url),
    connect: ({ url, tenant }, version, given) => {
      connected.push({ url, version, ...(tenant !== undefined && { tenant }) });
      context = given;
      return binding;
    },
  };
  agent.card.supportedInterfaces = [
    interfaceOf('a.example:443', 'GRPC', { tenant: 'n1' }),
    interfaceOf(`${agent.url}/rpc`, 'JSONRPC'),
  ];
});

afterEach(() => agent.close());

describe('a binding that the client is given', () => {
  it('carries every call, and is closed with the client', async () => {
    const client = await A2AClient.connect(agent.url, {
      bindings: [connector],
      extensions: ['https://e.example/x'],
      maxEventBytes: 100,
      allowHttp: true,
    });
    expect(connected).toEqual([
      { url: 'a.example:443', tenant: 'n1', version: '1.0' },
    ]);
    expect(context).toMatchObject({
      limits: { maxEventBytes: 100, maxResponseBytes: 134_217_728 },
      policy: { allowHttp: true },
      trustedOrigins: expect.arrayContaining([agent.url]) as string[],
    });
    const task = await client.getTask('t1');
    const events = await collect(client.subscribe('t1'));
    expect([task.state, events.at(-1)?.state]).toEqual([
      'working',
      'completed',
    ]);
    const headers = {
      'A2A-Version': '1.0',
      'A2A-Extensions': 'https://e.example/x',
    };
    expect(binding.told).toEqual([
      { operation: 'GetTask', request: { id: 't1' }, headers },
      { operation: 'SubscribeToTask', request: { id: 't1' }, headers },
    ]);
    expect(agent.calls).toEqual([]);
    expect(binding.isClosed).toBe(false);
    await client.close();
    expect(binding.isClosed).toBe(true);
  });

  it('can be pinned, in the version of the interface', async () => {
    agent.card.supportedInterfaces = [
      interfaceOf(`${agent.url}/rpc`, 'JSONRPC'),
      interfaceOf('a.example:443', 'GRPC', { protocolVersion: '0.3' }),
    ];
    const client = await A2AClient.connect(agent.url, {
      bindings: [connector],
      binding: 'GRPC',
    });
    expect(connected).toEqual([{ url: 'a.example:443', version: '0.3' }]);
    await client.getTask('t1');
    await client.close();
    expect(binding.told).toEqual([
      expect.objectContaining({ headers: { 'A2A-Version': '0.3' } }),
    ]);
  });

  it('may refuse the destination, which leaves nothing open', async () => {
    const refusal = new A2AClientError('not-allowed', 'No');
    connector.connect = () => {
      throw refusal;
    };
    const bindings = [connector];
    const failure = await failureOf(A2AClient.connect(agent.url, { bindings }));
    expect(failure).toBe(refusal);
    await agent.allClosed();
  });
});
