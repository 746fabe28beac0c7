import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import {
  createWebhookReceiver,
  type WebhookNotification,
  type WebhookReceiverOptions,
} from '@nest-a2a/client';
import { type ReceivedWebhook, WebhookSender } from '@nest-a2a/testing';
import { PushLab } from '../support/push-lab.js';
import { until } from '../support/until.js';

const secretOf = (byte: number) =>
  `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const SECRET = secretOf(7);
const BEARER = { authentication: { scheme: 'Bearer' } };
const ISSUER = 'https://agents.example.com';
const PATH = '/.well-known/a2a-webhook-keys.json';
const FINISHED = 3;

describe('what our agent sends to our receiver', () => {
  let lab: PushLab;

  const start = async () => {
    lab = await PushLab.start({
      push: { signing: { jwt: true, secrets: () => SECRET } },
      options: { publicUrl: ISSUER },
    });
  };
  const keys = () => ({ jwksUrl: lab.agent.url + PATH });
  const receiverOf = (options: WebhookReceiverOptions) =>
    createWebhookReceiver({
      clock: lab.clock,
      egress: { allowHttp: true, allowPrivateNetworks: true },
      ...options,
    });

  afterEach(() => lab.close());

  describe('over HTTP', () => {
    let server: Server;

    beforeEach(async () => {
      server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterEach(async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    });

    const urlOf = (path: string) => {
      const { port } = server.address() as AddressInfo;
      return `http://127.0.0.1:${port}${path}`;
    };
    /** A receiver has to know by which name it is called: that of the server, which listens already. */
    const receive = async (audience: string) => {
      const jwt = { ...keys(), audience, issuer: ISSUER };
      const receiver = receiverOf({ jwt });
      const received: WebhookNotification[] = [];
      server.on('request', (request, response) => {
        const webhook = { headers: request.headers, body: request };
        void receiver
          .handle(webhook, (one) => void received.push(one))
          .then(({ status, body }) => response.writeHead(status).end(body));
      });
      return received;
    };

    it('proves by a JWT whose it is and for whom', async () => {
      await start();
      const received = await receive(urlOf('/hook'));
      await lab.send('hi', { url: urlOf('/hook'), ...BEARER });
      await until(() => received.length === FINISHED);
      const attempts = await lab.recorder.waitFor(FINISHED);
      expect(attempts.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(received.map(({ state }) => state)).toEqual([
        'working',
        undefined,
        'completed',
      ]);
    });

    it('is refused where it was meant for another', async () => {
      await start();
      const received = await receive('https://hooks.example.com/hook');
      await lab.send('hi', { url: urlOf('/hook'), ...BEARER });
      expect(await lab.recorder.nth(1)).toMatchObject({
        outcome: 'failed',
        status: 401,
      });
      expect(received).toEqual([]);
    });
  });

  /** What the three checks make of the same request, in that order: ed25519, HMAC, JWT. */
  const outcomesOf = async (
    { headers, raw }: ReceivedWebhook,
    audience: string,
    options: { stranger?: boolean } = {},
  ) => {
    const trusted = options.stranger
      ? { keys: new WebhookSender(lab.clock).jwks }
      : keys();
    const checks = [
      { signature: trusted },
      { signature: { secrets: [options.stranger ? secretOf(8) : SECRET] } },
      { jwt: { ...trusted, audience } },
    ];
    const answers = checks.map((check) =>
      receiverOf(check).handle(
        { headers, body: Buffer.from(raw) },
        () => undefined,
      ),
    );
    return (await Promise.all(answers)).map(({ outcome }) => outcome);
  };
  const delivered = async () => {
    await start();
    const sink = await lab.openSink();
    await lab.send('hi', { url: sink.url, ...BEARER });
    const [first, second] = await sink.waitFor(FINISHED);
    return { first: first!, second: second!, audience: sink.url };
  };
  const HANDLED = ['handled', 'handled', 'handled'];
  const MISMATCH = ['signature-mismatch', 'signature-mismatch', 'jwt-mismatch'];

  it('is taken by each proof, and not with the keys of another', async () => {
    const { first, second, audience } = await delivered();
    expect(await outcomesOf(first, audience)).toEqual(HANDLED);
    expect(await outcomesOf(second, audience)).toEqual(HANDLED);
    const stranger = true;
    expect(await outcomesOf(first, audience, { stranger })).toEqual(MISMATCH);
  });

  it('is refused with another body, and under the id of another', async () => {
    const { first, second, audience } = await delivered();
    const tampered = { ...first, raw: first.raw.replace('WORKING', 'FAILED') };
    expect(tampered.raw).not.toBe(first.raw);
    expect(await outcomesOf(tampered, audience)).toEqual(MISMATCH);
    const { 'webhook-id': id } = second.headers;
    const swapped = {
      ...first,
      headers: { ...first.headers, 'webhook-id': id },
    };
    expect(await outcomesOf(swapped, audience)).toEqual(MISMATCH);
  });

  it('is refused when it is old, also with a time that is new', async () => {
    const { first, audience } = await delivered();
    await lab.clock.leapTo(lab.clock.now() + 5 * 60_000);
    expect(await outcomesOf(first, audience)).toEqual(HANDLED);
    await lab.clock.leapTo(lab.clock.now() + 1_000);
    const outcomes = await outcomesOf(first, audience);
    expect(outcomes).toEqual(['too-old', 'too-old', 'too-old']);
    // A JWT lives for five minutes by itself, and clocks may be five apart.
    await lab.clock.leapTo(lab.clock.now() + 5 * 60_000);
    const now = String(Math.floor(lab.clock.now() / 1_000));
    const headers = { ...first.headers, 'webhook-timestamp': now };
    const renewed = await outcomesOf({ ...first, headers }, audience);
    expect(renewed).toEqual(MISMATCH);
  });
});
