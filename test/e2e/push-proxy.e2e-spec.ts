import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { WebhookSink } from '@nest-a2a/testing';
import { ConnectProxy } from '../support/connect-proxy.js';
import { jsonRpc } from '../support/a2a-http.js';
import { NamedWebhooks } from '../support/named-webhooks.js';

const ADDRESS = '203.0.114.1';
const HOOK = 'http://hooks.example.com/hook-secret';
const SECRET = 'dXNlcjpwcm94eS1zZWNyZXQ';

describe('webhooks behind a proxy', () => {
  let lab: NamedWebhooks;
  let server: Server;

  const start = async (proxy: Server, address = ADDRESS) => {
    server = proxy.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const authorization = `Basic ${SECRET}`;
    lab = await NamedWebhooks.start(address, {
      proxy: { url, authorization },
    });
  };

  afterEach(async () => {
    await lab.close();
    server.close();
    await once(server, 'close');
  });

  it('go to the address that was checked, each tenant over a tunnel of its own (S15)', async () => {
    const sink = await WebhookSink.open();
    const proxy = new ConnectProxy({ [`${ADDRESS}:80`]: sink.port });
    await start(proxy.server);
    for (const [index, tenant] of ['a', 'b', 'a'].entries()) {
      jsonRpc.result(await lab.send(tenant, HOOK));
      expect(await lab.recorder.nth(index + 1)).toMatchObject({
        outcome: 'delivered',
        status: 200,
      });
    }
    expect(proxy.authorities).toEqual(Array(2).fill(`${ADDRESS}:80`));
    const [asked] = proxy.asked;
    expect(asked!.headers['proxy-authorization']).toBe(`Basic ${SECRET}`);
    expect(JSON.stringify(proxy.asked)).not.toMatch('hooks.example.com');
    expect(JSON.stringify(sink.received)).not.toMatch(SECRET);
    await sink.close();
  });

  it('fail with the proxy, and neither attempts nor log tell its secrets', async () => {
    await start(
      createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () =>
          socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
        );
      }),
    );
    jsonRpc.result(await lab.send('a', HOOK));
    const attempt = await lab.recorder.nth(1);
    expect(attempt).toMatchObject({
      outcome: 'failed',
      error: 'proxy-failed',
    });
    expect(attempt.nextAt).toBeGreaterThan(attempt.at);
    await lab.logs.find(/^warn .*failed: proxy-failed/);
    const said = JSON.stringify([lab.recorder.attempts, lab.logs.lines]);
    const { port } = server.address() as AddressInfo;
    for (const secret of [SECRET, 'hook-secret', ADDRESS, `:${port}`]) {
      expect(said).not.toContain(secret);
    }
  });

  it('are still refused where their name leads into the private network (S15)', async () => {
    const proxy = new ConnectProxy({});
    await start(proxy.server, '10.0.0.1');
    jsonRpc.result(await lab.send('a', HOOK));
    expect((await lab.recorder.nth(1)).error).toBe('address-not-allowed');
    expect(proxy.asked).toEqual([]);
  });
});
