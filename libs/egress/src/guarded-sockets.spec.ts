import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { type Listener, SocketLab } from '../test/socket-lab.js';
import { type EgressPolicy } from './egress-policy.js';

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

function listen(): Promise<Listener> {
  const server = createHttpServer((_request, response) => response.end('here'));
  return lab.listen(server);
}

describe('a socket that is kept', () => {
  it('is closed when nobody has used it for its time', async () => {
    const listener = await listen();
    const client = lab.guarded({
      policy: DEVELOPMENT,
      keepAlive: true,
      idleSocketMs: 30,
    });
    const url = `http://127.0.0.1:${listener.port}/`;
    expect((await client.request({ url })).status).toBe(200);
    await listener.drained();
    expect((await client.request({ url })).status).toBe(200);
    expect(listener.connections).toBe(2);
  });
});

describe('what a request failed with', () => {
  const url = (port: number, scheme = 'http') =>
    `${scheme}://127.0.0.1:${port}/`;

  it('says whether anything of it can have left', async () => {
    const client = lab.guarded({ policy: DEVELOPMENT });
    const failed = async (at: string) => {
      const error: unknown = await client
        .request({ url: at })
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      return client.isUnsent(error);
    };
    const closed = await listen();
    await closed.close();
    expect(await failed(url(closed.port))).toBe(true);
    expect(await failed('ftp://127.0.0.1/')).toBe(true);

    // It ends the connection instead of answering the TLS hello, or the request.
    const server = createServer((socket) => {
      socket.once('data', () => socket.destroy()).on('error', () => undefined);
    });
    const { port } = await lab.listen(server);
    expect(await failed(url(port, 'https'))).toBe(true);
    expect(await failed(url(port))).toBe(false);
    expect(client.isUnsent(new Error('of somebody else'))).toBe(false);
  });
});
