import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { WebhookSender } from '@nest-a2a/testing';
import { createWebhookReceiver } from './webhook-receiver.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const LOCAL = { allowHttp: true, allowPrivateNetworks: true };

const sender = new WebhookSender();

describe('keys that a sender publishes', () => {
  const next = new WebhookSender();
  let server: Server;
  let jwksUrl: string;
  let requests = 0;
  let answer: (response: ServerResponse) => void;
  let now: number;
  const clock = { now: () => now };
  const publish = (...senders: WebhookSender[]) => {
    const keys = senders.flatMap((one) => one.jwks.keys);
    answer = (response) => response.end(JSON.stringify({ keys }));
  };

  beforeEach(async () => {
    requests = 0;
    now = Date.UTC(2026, 0, 1);
    publish(sender);
    server = createServer((_request, response) => {
      requests += 1;
      answer(response);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    jwksUrl = `http://127.0.0.1:${port}/jwks.json`;
  });

  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  const create = (more: object = {}, egress: object = LOCAL) => {
    const signature = { jwksUrl, ...more };
    const receiver = createWebhookReceiver({ signature, clock, egress });
    let count = 0;
    return async (from: WebhookSender = sender) => {
      const webhook = { id: `evt_${count++}`, timestamp: now / 1_000 };
      const signed = from.signed(webhook);
      return (await receiver.handle(signed, () => undefined)).outcome;
    };
  };

  it('are fetched once, and again after ten minutes', async () => {
    const send = create();
    expect([await send(), await send()]).toEqual(['handled', 'handled']);
    expect(requests).toBe(1);
    now += 600_000;
    expect(await send()).toBe('handled');
    expect(requests).toBe(2);
  });

  it('are fetched once by many webhooks that come together', async () => {
    const send = create();
    await Promise.all([send(), send(), send()]);
    expect(requests).toBe(1);
  });

  it('are fetched again for a key that is new, but not for each stranger (D29)', async () => {
    const send = create();
    await send();
    publish(sender, next);
    expect(await send(next)).toBe('signature-mismatch');
    expect(requests).toBe(1);
    now += 30_000;
    expect([await send(next), await send()]).toEqual(['handled', 'handled']);
    expect(await send(new WebhookSender())).toBe('signature-mismatch');
    expect(requests).toBe(2);
  });

  it('that are no longer there are believed for ten minutes at most', async () => {
    const send = create();
    await send();
    publish(next);
    now += 600_000;
    expect(await send()).toBe('signature-mismatch');
    expect(await send(next)).toBe('handled');
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['an error', (r) => r.writeHead(500).end(JSON.stringify(sender.jwks))],
    ['a redirect', (r) => r.writeHead(302, { location: '/' }).end()],
    ['no key set', (response) => response.end('{}')],
    ['no JSON', (response) => response.end('<html>')],
    ['half of it', (response) => response.write('{') && response.destroy()],
    ['far too much', (response) => response.end(' '.repeat(300_000))],
  ])('that are %s let the sender try again later', async (_what, bad) => {
    const send = create();
    answer = bad;
    expect(await send()).toBe('keys-unavailable');
    publish(sender);
    expect(await send()).toBe('keys-unavailable');
    expect(requests).toBe(1);
    now += 30_000;
    expect(await send()).toBe('handled');
  });

  it('are not asked for where a key at hand is enough', async () => {
    const send = create({ keys: sender.jwks, secrets: [SECRET] });
    expect(await send()).toBe('handled');
    expect(requests).toBe(0);
    expect(await send(next)).toBe('signature-mismatch');
    expect(requests).toBe(1);
  });

  it.each([
    ['http', {}, 'http://agent.example.com/jwks.json'],
    ['a private network', { allowHttp: true }, 'http://127.0.0.1/jwks.json'],
    ['no URL', LOCAL, 'jwks.json'],
  ])('are not at %s, unless that is open', (_what, egress, url) => {
    const signature = { jwksUrl: url };
    const refused = () => createWebhookReceiver({ signature, egress });
    expect(refused).toThrow(TypeError);
    expect(refused).toThrow('signature.jwksUrl: ');
  });

  it('are taken from the set that can be had where there are several', async () => {
    const other = jwksUrl.replace('jwks', 'other');
    const urls = ['http://127.0.0.1:1/none.json', jwksUrl, other];
    const send = create({ jwksUrl: urls });
    expect(await send()).toBe('handled');
    expect(requests).toBe(1);
  });
});
