import { type NestApplication } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { A2A_CLOCK, A2AModule, WEBHOOK_NETWORK } from '@nest-a2a/server';
import { WebhookSink } from '@nest-a2a/testing';
import { type AddressInfo } from 'node:net';
import { jsonRpc, sendParams } from '../support/a2a-http.js';
import { DeliveryRecorder } from '../support/delivery-recorder.js';
import { LeapClock } from '../support/leap-clock.js';
import { CREATE, PushLab } from '../support/push-lab.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { CARD } from '../support/test-agent.js';
import { onTestStore } from '../support/test-runtime.js';
import { briefs } from '../support/webhook-answers.js';

const HTTPS_PUBLIC = 'https://hooks.example.com/';
const HTTP_PUBLIC = 'http://hooks.example.com/';
const HTTPS_PRIVATE = 'https://127.0.0.1:9443/';
const HTTP_PRIVATE = 'http://127.0.0.1:9000/';
const NONE = { allowHttp: false, allowPrivateNetworks: false };

describe('the switches for webhooks', () => {
  let lab: PushLab;

  afterEach(() => lab.close());

  /** Which of the targets may be registered. */
  async function registered(push: object, urls: string[]): Promise<string[]> {
    lab = await PushLab.start({ push: { ...NONE, ...push } });
    const taskId = await lab.send('hi');
    const open: string[] = [];
    for (const url of urls) {
      const params = { taskId, url };
      const { body } = await jsonRpc.call(lab.agent.url, CREATE, params);
      if (body.result) open.push(url);
      else expect(body.error.code).toBe(-32602);
    }
    return open;
  }

  const ALL = [HTTPS_PUBLIC, HTTP_PUBLIC, HTTPS_PRIVATE, HTTP_PRIVATE];

  it.each([
    [{}, [HTTPS_PUBLIC]],
    [{ allowHttp: true }, [HTTPS_PUBLIC, HTTP_PUBLIC]],
    [{ allowPrivateNetworks: true }, [HTTPS_PUBLIC, HTTPS_PRIVATE]],
    [{ allowHttp: true, allowPrivateNetworks: true }, ALL],
  ])('open what they say and nothing else: %j', async (push, open) => {
    expect(await registered(push, ALL)).toEqual(open);
  });

  it('open what `allow` names, and no other private host', async () => {
    const push = { allow: ['127.0.0.0/30', '*.corp.internal'], ports: [9_000] };
    const names = ['127.0.0.1', '127.0.0.4', 'a.corp.internal', 'localhost'];
    const urls = names.map((name) => `https://${name}:9000/`);
    expect(await registered(push, urls)).toEqual([urls[0], urls[2]]);
  });

  it('open the ports that `ports` names', async () => {
    const urls = [444, 443, 8_443, 22, 9_000].map(
      (port) => `https://hooks.example.com:${port}/a`,
    );
    expect(await registered({ ports: [22, 444] }, urls)).toEqual(
      urls.slice(0, 4),
    );
  });

  it('lead to a host that is allowed although it is private', async () => {
    const sink = await WebhookSink.open();
    const allow = ['127.0.0.1'];
    const push = { ...NONE, allowHttp: true, allow, ports: [sink.port] };
    lab = await PushLab.start({ push });
    await lab.send('hi', { url: sink.url });
    const received = await sink.waitFor(3);
    expect(briefs(received)).toEqual(['WORKING', 'artifact', 'COMPLETED']);
    await sink.close();
  });
});

describe('a webhook whose host nobody finds', () => {
  it('is tried again, visibly', async () => {
    const resolve = () =>
      Promise.reject(
        Object.assign(new Error('getaddrinfo ENOTFOUND'), {
          code: 'ENOTFOUND',
        }),
      );
    const module = await Test.createTestingModule({
      imports: [A2AModule.forRoot(onTestStore({ agentCard: CARD }))],
      providers: [ScriptedWorker],
    })
      .overrideProvider(WEBHOOK_NETWORK)
      .useValue({ resolve })
      .overrideProvider(A2A_CLOCK)
      .useValue(new LeapClock())
      .compile();
    const app = module.createNestApplication<NestApplication>({
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const recorder = new DeliveryRecorder(app);
    const taskPushNotificationConfig = { url: HTTPS_PUBLIC };
    const params = sendParams('hi', {
      configuration: { taskPushNotificationConfig },
    });
    await jsonRpc.call(`http://127.0.0.1:${port}`, 'SendMessage', params);
    for (const count of [1, 2]) {
      const attempt = await recorder.nth(count);
      expect(attempt).toMatchObject({
        seq: 2,
        attempt: count,
        outcome: 'failed',
        error: 'host-not-found',
      });
      await app.get<LeapClock>(A2A_CLOCK).leapTo(attempt.nextAt!);
    }
    await app.close();
  });
});
