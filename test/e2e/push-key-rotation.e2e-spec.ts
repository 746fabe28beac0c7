import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { type ProcessRole, WebhookKeys } from '@nest-a2a/server';
import { type ReceivedWebhook, type WebhookSink } from '@nest-a2a/testing';
import { type NestApplication } from '@nestjs/core';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  jwtVerify,
} from 'jose';
import { jsonRpc, sendParams } from '../support/a2a-http.js';
import { LeapClock } from '../support/leap-clock.js';
import { PushFleet } from '../support/push-fleet.js';
import { type PushLab } from '../support/push-lab.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const PATH = '/.well-known/a2a-webhook-keys.json';
const FINISHED = 3;

describe('the keys that sign webhooks', () => {
  let fleet: PushFleet;
  let clock: LeapClock;

  beforeEach(() => {
    fleet = new PushFleet();
    ({ clock } = fleet);
  });
  afterEach(() => fleet.close());

  /** One more process on the same database. */
  const start = (push: object = {}, options: object = {}) =>
    fleet.start({ push, options });

  const keysOf = (lab: PushLab) => lab.agent.app.get(WebhookKeys);
  const leap = (ms: number) => fleet.leap(ms);

  /** What a receiver finds, from any of the instances. */
  async function published({ agent }: PushLab): Promise<any[]> {
    const response = await fetch(agent.url + PATH);
    return ((await response.json()) as { keys: object[] }).keys;
  }
  const kidsOf = async (lab: PushLab) =>
    (await published(lab)).map(({ kid }) => kid);

  /** For each signature of a webhook the `kid` of the key, of those that were seen, that made it. */
  function signersOf({ headers, raw }: ReceivedWebhook, seen: any[]) {
    const { 'webhook-id': id, 'webhook-timestamp': time } = headers;
    const content = Buffer.from(`${String(id)}.${String(time)}.${raw}`);
    return String(headers['webhook-signature'])
      .split(' ')
      .map((one) => Buffer.from(one.replace('v1a,', ''), 'base64'))
      .map(
        (bytes) =>
          seen.find((jwk) => {
            const key = createPublicKey({ key: jwk, format: 'jwk' });
            return verify(null, content, key, bytes);
          })?.kid,
      );
  }

  async function deliver(lab: PushLab, sink: WebhookSink, config: object = {}) {
    const before = sink.received.length;
    await lab.send('hi', { url: sink.url, ...config });
    return (await sink.waitFor(before + FINISHED))[before]!;
  }

  it('are one, however many instances start at the same time', async () => {
    const all = await Promise.all([start(), start(), start()]);
    const kids = await Promise.all(all.map(kidsOf));
    expect(kids[0]).toHaveLength(1);
    expect(new Set(kids.flat()).size).toBe(1);
    const sink = await all[0].openSink();
    const seen = await published(all[1]);
    const hook = await deliver(all[0], sink);
    expect(signersOf(hook, seen)).toEqual(kids[0]);
  });

  it('outlive the process', async () => {
    const first = await start();
    const kids = await kidsOf(first);
    await first.agent.close();
    expect(await kidsOf(await start())).toEqual(kids);
  });

  it('both sign while one is replaced, also what waits since before; then the old one is gone (D29)', async () => {
    const lab = await start();
    const other = await start({}, { roles: ['api'] });
    const sink = await lab.openSink();
    const [old] = await kidsOf(lab);
    sink.answerNext(500);
    await lab.send('hi', { url: sink.url });
    await lab.recorder.nth(1);
    const kid = await keysOf(other).rotate();
    expect(await kidsOf(other)).toEqual([kid, old]);
    const seen = await published(other);
    expect(signersOf(sink.received[0]!, seen)).toEqual([old]);
    // The one that sends learns of it within a minute, without a restart.
    await leap(MINUTE);
    const backlog = await sink.waitFor(2);
    expect(signersOf(backlog[1]!, seen)).toEqual([kid, old]);
    await lab.recorder.waitFor(4);
    await leap(DAY - 2 * MINUTE);
    expect(await kidsOf(other)).toEqual([kid, old]);
    await leap(2 * MINUTE);
    expect(await kidsOf(lab)).toEqual([kid]);
    expect(await kidsOf(other)).toEqual([kid]);
    expect(signersOf(await deliver(lab, sink), seen)).toEqual([kid]);
    expect(
      await fleet.runtime.store.secrets.list('webhook-signing'),
    ).toHaveLength(1);
  });

  it('overlap as long as the operator says', async () => {
    const signing = { overlapMs: HOUR };
    const lab = await start({ signing });
    const [old] = await kidsOf(lab);
    const kid = await keysOf(lab).rotate();
    await leap(HOUR - MINUTE);
    expect(await kidsOf(lab)).toEqual([kid, old]);
    await leap(2 * MINUTE);
    expect(await kidsOf(lab)).toEqual([kid]);
  });

  it('are gone at once where one was stolen', async () => {
    const lab = await start();
    const other = await start();
    await keysOf(lab).rotate();
    const kid = await keysOf(lab).rotate({ revokeOld: true });
    expect(await kidsOf(lab)).toEqual([kid]);
    await leap(MINUTE);
    expect(await kidsOf(other)).toEqual([kid]);
  });

  it('are never so many that receivers would not look at all of them', async () => {
    const lab = await start();
    const kids: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      kids.unshift(await keysOf(lab).rotate());
    }
    expect(await kidsOf(lab)).toEqual(kids.slice(0, 4));
  });

  it('sign tokens only once receivers have had time to fetch them', async () => {
    const lab = await start(
      { signing: { jwt: true } },
      { publicUrl: 'https://agents.example.com' },
    );
    const sink = await lab.openSink();
    const bearer = { authentication: { scheme: 'Bearer' } };
    const tokenOf = async () => {
      const { headers } = await deliver(lab, sink, bearer);
      const [, token = ''] = String(headers.authorization).split(' ');
      const keys = createLocalJWKSet({ keys: await published(lab) });
      const currentDate = new Date(clock.now());
      await jwtVerify(token, keys, { currentDate });
      return decodeProtectedHeader(token).kid;
    };
    // The only one there is, seconds old.
    const [old] = await kidsOf(lab);
    expect(await tokenOf()).toBe(old);
    const kid = await keysOf(lab).rotate();
    expect(await tokenOf()).toBe(old);
    await leap(16 * MINUTE);
    expect(await tokenOf()).toBe(kid);
    await leap(DAY);
    expect(await tokenOf()).toBe(kid);
  });

  it('sign tokens in the same name in a process that only delivers', async () => {
    const options = { publicUrl: 'https://agents.example.com', path: 'a2a' };
    const before = (app: NestApplication) => void app.setGlobalPrefix('api');
    const startOne = (roles: ProcessRole[]) =>
      fleet.start({
        before,
        push: { signing: { jwt: true } },
        options: { roles, ...options },
      });
    const web = await startOne(['api', 'worker']);
    const sender = await startOne(['push']);
    const sink = await sender.openSink();
    const configuration = {
      returnImmediately: true,
      taskPushNotificationConfig: {
        url: sink.url,
        authentication: { scheme: 'Bearer' },
      },
    };
    const params = sendParams('hi', { configuration });
    await jsonRpc.call(`${web.agent.url}/api/a2a`, 'SendMessage', params);
    const [first] = await sink.waitFor(FINISHED);
    const [, token = ''] = String(first!.headers.authorization).split(' ');
    expect(decodeJwt(token).iss).toBe('https://agents.example.com/api/a2a');
  });

  it('hold webhooks back where no encryption key opens them, and nothing goes out unsigned (D30)', async () => {
    const key = () => randomBytes(32).toString('base64');
    const [right, wrong] = [key(), key()];
    const first = await start({ encryptionKey: right });
    const [old] = await kidsOf(first);
    await first.agent.close();
    const lab = await start({ encryptionKey: wrong });
    const sink = await lab.openSink();
    // Sealed with the key that is there: only the signature is missing.
    await lab.send('hi', { url: sink.url });
    await lab.logs.find(/A webhook waits: .*encryptionKey changed/);
    expect(sink.connections).toBe(0);
    expect((await fetch(lab.agent.url + PATH)).status).toBe(503);
    // A new key is a way out where the old one is lost.
    const kid = await keysOf(lab).rotate();
    await leap(MINUTE);
    const [hook] = await sink.waitFor(1);
    expect(signersOf(hook!, await published(lab))).toEqual([kid]);
    await lab.agent.close();
    const both = await start({ encryptionKey: [wrong, right] });
    expect(await kidsOf(both)).toEqual([kid, old]);
  });

  it('are said at start where no encryption key opens them (D30)', async () => {
    const first = await start();
    await first.agent.close();
    const encryptionKey = randomBytes(32).toString('base64');
    const lab = await start({ encryptionKey });
    // It is logged before there is anything to deliver.
    await expect(keysOf(lab).onApplicationBootstrap()).resolves.toBeUndefined();
    await lab.logs.find(/^error Webhooks wait: .*encryptionKey changed/);
  });

  it('are sealed anew at start, so that the old encryption key can go', async () => {
    const key = () => randomBytes(32).toString('base64');
    const [before, after] = [key(), key()];
    const first = await start({ encryptionKey: before });
    const kids = await kidsOf(first);
    await first.agent.close();
    const both = await start({ encryptionKey: [after, before] });
    await both.agent.close();
    expect(await kidsOf(await start({ encryptionKey: after }))).toEqual(kids);
  });

  it('are those of the options where there are such, and replaced there', async () => {
    const lab = await start({ signing: false });
    await expect(keysOf(lab).rotate()).rejects.toMatchObject({
      code: 'KEYS_NOT_OURS',
    });
  });

  it('sign with the time of the store, whatever the clock of the instance says (D28)', async () => {
    const skewed = [10 * MINUTE, -10 * MINUTE].map(async (offset) => {
      const local = new LeapClock();
      await local.leapTo(clock.now() + offset);
      return fleet.start({
        clock: Object.assign(Object.create(local) as LeapClock, {
          now: () => clock.now() + offset,
        }),
      });
    });
    for (const lab of await Promise.all(skewed)) {
      const sink = await lab.openSink();
      const hook = await deliver(lab, sink);
      const time = Number(hook.headers['webhook-timestamp']);
      expect(time).toBe(Math.floor(clock.now() / 1_000));
      expect(signersOf(hook, await published(lab))).toEqual(await kidsOf(lab));
    }
  });
});
