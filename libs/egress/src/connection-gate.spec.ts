import {
  createServer as createHttpServer,
  get,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { get as getByTls } from 'node:https';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { ConnectionGate } from './connection-gate.js';
import { EgressRules } from './egress-rules.js';
import { createGuardedAgents } from './guarded-agents.js';
import { secureContextFor } from './secure-context.js';
import { SocketLab } from '../test/socket-lab.js';

const AGENT_OPTIONS = {
  keepAlive: false,
  idleSocketMs: 15_000,
  maxSocketsPerOrigin: 1,
  contextFor: () => secureContextFor(),
};

let lab: SocketLab;

beforeEach(() => {
  lab = new SocketLab();
});

afterEach(async () => {
  expect(await lab.close()).toEqual([]);
});

/** Uses an agent without the URL check that stands before it elsewhere. */
function failureOf(
  gate: ConnectionGate,
  options: RequestOptions,
  kind: 'http' | 'https' = 'http',
) {
  const agent = createGuardedAgents(gate, AGENT_OPTIONS)[kind];
  const send = kind === 'http' ? get : getByTls;
  return new Promise<Error>((resolve, reject) => {
    const request = send({ ...options, agent }, () =>
      reject(new Error('there was a response')),
    );
    request.once('error', resolve);
  });
}

function gateWith(rules: EgressRules): ConnectionGate {
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  return new ConnectionGate(rules, { resolve });
}

const NOT_ALLOWED = { code: 'address-not-allowed' };

describe('ConnectionGate', () => {
  it('checks an address literal, for which Node asks no lookup (S1)', async () => {
    const listener = await lab.listen(
      createServer((socket) => socket.resume()),
    );
    const { port } = listener;
    const gate = gateWith(new EgressRules());
    for (const host of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      expect(await failureOf(gate, { host, port })).toMatchObject(NOT_ALLOWED);
    }
    expect(listener.connections).toBe(0);
  });

  it('refuses local sockets, and no host, which would be localhost (S17)', async () => {
    const gate = gateWith(new EgressRules({ allowPrivateNetworks: true }));
    const socketPath = '/var/run/docker.sock';
    expect(await failureOf(gate, { socketPath })).toMatchObject(NOT_ALLOWED);
    const options = { host: '', port: 9 };
    const outcome = await new Promise((resolve) =>
      gate.open(
        {
          protocol: 'http:',
          options,
          callback: resolve,
        },
        () => {
          throw new Error('it connects');
        },
      ),
    );
    expect(outcome).toMatchObject(NOT_ALLOWED);
  });

  it.each(['http', 'https'] as const)(
    'checks the connected peer before a byte of %s is sent',
    async (kind) => {
      let received = 0;
      const server = createServer((socket) =>
        socket.on('data', (data) => (received += data.length)),
      );
      const listener = await lab.listen(server);
      // The lookup is told yes, the peer is refused.
      const answers = [true, false];
      class Inconsistent extends EgressRules {
        override allowsAddress(): boolean {
          return answers.shift() ?? false;
        }
      }
      const gate = gateWith(new Inconsistent());
      const { port } = listener;
      const error = await failureOf(gate, { host: 'a.example', port }, kind);
      expect(error).toMatchObject(NOT_ALLOWED);
      await listener.drained();
      expect(listener.connections).toBe(1);
      expect(received).toBe(0);
    },
  );

  it('refuses a queued request without throwing into the event loop', async () => {
    const listener = await lab.listen(
      createHttpServer((_request, response) => response.end()),
    );
    const { port } = listener;
    const answers = [true, true, false];
    class Changing extends EgressRules {
      override allowsAddress(): boolean {
        return answers.shift() ?? false;
      }
    }
    const gate = gateWith(new Changing());
    const agent = createGuardedAgents(gate, AGENT_OPTIONS).http;
    // So that the second request does not get the socket of the first.
    const headers = { connection: 'close' };
    const outcomes = [1, 2].map(
      () =>
        new Promise((resolve) => {
          const request = get(
            { host: '127.0.0.1', port, agent, headers },
            (response) => {
              response.resume();
              resolve(response.statusCode);
            },
          );
          request.once('error', resolve);
        }),
    );
    expect(await Promise.all(outcomes)).toMatchObject([200, NOT_ALLOWED]);
    expect(listener.connections).toBe(1);
  });

  it('has closed its sockets when close() is over', async () => {
    const listener = await lab.listen(
      createServer((socket) => socket.resume()),
    );
    const gate = gateWith(new EgressRules({ allow: ['127.0.0.1'] }));
    const options = { host: '127.0.0.1', port: listener.port };
    const socket = gate.open(
      { protocol: 'http:', options, callback: () => undefined },
      () => connect(options),
    );
    if (socket === undefined) {
      throw new Error('the gate is open for this address');
    }
    await once(socket, 'connect');
    let isClosed = false;
    socket.once('close', () => (isClosed = true));
    await gate.close();
    expect(isClosed).toBe(true);
  });

  it('closes kept sockets that nobody uses, and no others', async () => {
    const listener = await lab.listen(
      createHttpServer((_request, response) => {
        response.flushHeaders();
        // Silent for longer than an unused socket is kept.
        setTimeout(() => response.end('late'), 90);
      }),
    );
    const gate = gateWith(new EgressRules({ allow: ['127.0.0.1'] }));
    const { http: agent } = createGuardedAgents(gate, {
      ...AGENT_OPTIONS,
      keepAlive: true,
      idleSocketMs: 30,
    });
    const options = { host: '127.0.0.1', port: listener.port, agent };
    const text = await new Promise((resolve, reject) => {
      const collect = (response: IncomingMessage) =>
        response.setEncoding('utf8').once('data', resolve);
      get(options, collect).once('error', reject);
    });
    expect(text).toBe('late');
    await listener.drained();
  });
});
