import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { createGuardedClients } from './guarded-clients.js';
import { type EgressPolicy } from './egress-policy.js';
import { SocketLab } from '../test/socket-lab.js';

const DEVELOPMENT: EgressPolicy = {
  allowHttp: true,
  allowPrivateNetworks: true,
};

let lab: SocketLab;

beforeEach(() => {
  lab = new SocketLab();
});

afterEach(async () => {
  expect(await lab.close()).toEqual([]);
});

async function listen() {
  const server = createHttpServer((_request, response) => response.end('here'));
  const listener = await lab.listen(server);
  return { listener, url: `http://hook.example:${listener.port}/` };
}

function clientsWith(
  policyOf: (party: string) => EgressPolicy,
  maxIdleParties?: number,
) {
  return createGuardedClients({
    policyOf,
    keepAlive: true,
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    ...(maxIdleParties !== undefined && { maxIdleParties }),
  });
}

describe('the requests of two parties', () => {
  it('to one origin share no connection, and those of one party do (S22)', async () => {
    const { listener, url } = await listen();
    const clients = clientsWith(() => ({
      ...DEVELOPMENT,
      ports: [listener.port],
    }));
    for (const party of ['a', 'b', 'a', 'b', '', '__proto__', 'a']) {
      const { status } = await clients.request(party, { url });
      expect(status).toBe(200);
    }
    expect(listener.connections).toBe(4);
    await clients.close();
  });

  it('obey a policy each: what is open for one is not for the other (S22)', async () => {
    const { listener, url } = await listen();
    const general = { allowHttp: true, ports: [listener.port] };
    const clients = clientsWith((party) =>
      party === 'open' ? { ...general, allow: ['127.0.0.1'] } : general,
    );
    await clients.request('open', { url });
    for (const party of ['strict', 'Open', '']) {
      await expect(clients.request(party, { url })).rejects.toMatchObject({
        code: 'address-not-allowed',
      });
    }
    await clients.request('open', { url });
    expect(listener.connections).toBe(1);
    await clients.close();
  });
});

describe('parties without a request', () => {
  it('are kept up to a number, then the connections go that were used longest ago', async () => {
    const { listener, url } = await listen();
    const asked: string[] = [];
    const clients = clientsWith((party) => {
      asked.push(party);
      return { ...DEVELOPMENT, ports: [listener.port] };
    }, 2);
    for (const party of ['a', 'b', 'a', 'c', 'a', 'c']) {
      await clients.request(party, { url });
    }
    expect(asked).toEqual(['a', 'b', 'c']);
    await clients.request('b', { url });
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
    expect(listener.connections).toBe(4);
    await clients.close();
  });

  it('leave no connection behind where none is kept', async () => {
    const { listener, url } = await listen();
    const policy = { ...DEVELOPMENT, ports: [listener.port] };
    const clients = clientsWith(() => policy, 0);
    await clients.request('a', { url });
    await listener.drained();
    await clients.request('a', { url });
    expect(listener.connections).toBe(2);
    await clients.close();
  });

  it('are only those whose last request is over', async () => {
    const server = createServer((socket) => socket.resume());
    const silent = await lab.listen(server);
    const { listener, url } = await listen();
    const ports = [listener.port, silent.port];
    const clients = clientsWith(() => ({ ...DEVELOPMENT, ports }), 0);
    const connected = once(server, 'connection');
    const stop = new AbortController();
    const waiting = clients.request('a', {
      url: `http://hook.example:${silent.port}/`,
      signal: stop.signal,
    });
    await connected;
    const { status } = await clients.request('a', { url });
    expect(status).toBe(200);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    await clients.close();
  });
});

describe('close()', () => {
  it('ends the requests of all parties and refuses new ones', async () => {
    const server = createServer((socket) => socket.resume());
    const listener = await lab.listen(server);
    const url = `http://hook.example:${listener.port}/`;
    const policy = { ...DEVELOPMENT, ports: [listener.port] };
    const clients = clientsWith(() => policy);
    const connected = once(server, 'connection');
    const waiting = clients.request('a', { url });
    const outcome = expect(waiting).rejects.toMatchObject({
      code: 'connection-failed',
    });
    await connected;
    await clients.close();
    await outcome;
    await listener.drained();
    for (const party of ['a', 'b']) {
      await expect(clients.request(party, { url })).rejects.toMatchObject({
        code: 'aborted',
      });
    }
    expect(listener.connections).toBe(1);
    await clients.close();
  });
});
