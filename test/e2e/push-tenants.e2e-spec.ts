import { type AddressInfo } from 'node:net';
import { type NestApplication } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import {
  A2A_CLOCK,
  A2AModule,
  type PushOptions,
  WEBHOOK_NETWORK,
} from '@nest-a2a/server';
import { WebhookSink } from '@nest-a2a/testing';
import { jsonRpc, sendParams } from '../support/a2a-http.js';
import { DeliveryRecorder } from '../support/delivery-recorder.js';
import { LeapClock } from '../support/leap-clock.js';
import { CREATE } from '../support/push-lab.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { CARD } from '../support/test-agent.js';
import { onTestStore } from '../support/test-runtime.js';

const HOST = 'hooks.example.com';

describe('the webhooks of several tenants', () => {
  let app: NestApplication;
  let sink: WebhookSink;
  let recorder: DeliveryRecorder;
  let url: string;

  /** An agent for which every name is on this machine. */
  const start = async (push: Partial<PushOptions>) => {
    const address = { address: '127.0.0.1', family: 4 };
    const module = await Test.createTestingModule({
      imports: [
        A2AModule.forRoot(
          onTestStore({
            agentCard: CARD,
            tenants: (tenant: string) => tenant,
            push: {
              allowHttp: true,
              ports: [sink.port],
              // One request for each task.
              select: 'terminal',
              ...push,
            },
          }),
        ),
      ],
      providers: [ScriptedWorker],
    })
      .overrideProvider(WEBHOOK_NETWORK)
      .useValue({ resolve: async () => [address] })
      .overrideProvider(A2A_CLOCK)
      .useValue(new LeapClock())
      .compile();
    app = module.createNestApplication<NestApplication>(new ExpressAdapter(), {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    url = `http://127.0.0.1:${port}`;
    recorder = new DeliveryRecorder(app);
  };

  const send = async (tenant: string, webhook?: string) => {
    const config = webhook && { id: 'a', url: webhook };
    const params = sendParams('hi', {
      ...(config && {
        configuration: { taskPushNotificationConfig: config },
      }),
    });
    return jsonRpc.call(url, 'SendMessage', { ...params, tenant });
  };
  const byName = () => `http://${HOST}:${sink.port}/`;
  const byAddress = () => `http://127.0.0.1:${sink.port}/`;
  const refused = 'The host is not allowed';

  beforeEach(async () => {
    sink = await WebhookSink.open();
  });
  afterEach(async () => {
    await app.close();
    await sink.close();
  });

  it('obey the lists of their own tenant, at registration and at each connection (S22)', async () => {
    await start({ tenants: { open: { allow: ['127.0.0.1'] } } });
    for (const tenant of ['other', 'OPEN', 'constructor', '']) {
      const answer = await send(tenant, byAddress());
      expect(JSON.stringify(answer.body)).toContain(refused);
      // Its address is not known before it is called.
      jsonRpc.result(await send(tenant, byName()));
    }
    for (const attempt of await recorder.waitFor(4)) {
      expect(attempt.error).toBe('address-not-allowed');
    }
    expect(sink.connections).toBe(0);
    jsonRpc.result(await send('open', byAddress()));
    jsonRpc.result(await send('open', byName()));
    const attempts = await recorder.waitFor(6);
    expect(attempts.slice(4).map(({ outcome }) => outcome)).toEqual([
      'delivered',
      'delivered',
    ]);
  });

  it('share no connection to one origin, and those of one tenant do (S22)', async () => {
    await start({ allowPrivateNetworks: true });
    let count = 0;
    for (const tenant of ['a', 'b', 'a', 'b']) {
      jsonRpc.result(await send(tenant, byAddress()));
      count += 1;
      await recorder.waitFor(count);
    }
    expect(sink.received).toHaveLength(4);
    expect(sink.connections).toBe(2);
  });

  it('are only at listed hosts where a list is required of the tenant or of all', async () => {
    const allow = [HOST];
    await start({
      allowPrivateNetworks: true,
      tenants: { bank: { allow, requireAllowlist: true } },
    });
    for (const webhook of ['https://other.example/', byAddress()]) {
      const { body } = await send('bank', webhook);
      expect(JSON.stringify(body)).toContain(refused);
    }
    jsonRpc.result(await send('bank', byName()));
    jsonRpc.result(await send('shop', byAddress()));
    await recorder.waitFor(2);
    expect(sink.received).toHaveLength(2);
  });

  it('are refused where any list denies them, also when they are registered later', async () => {
    await start({
      allowPrivateNetworks: true,
      deny: ['never.example'],
      tenants: { bank: { allow: ['never.example'], deny: [HOST] } },
    });
    const { task } = jsonRpc.result(await send('bank'));
    for (const webhook of [byName(), 'https://never.example/']) {
      const params = { tenant: 'bank', taskId: task.id, url: webhook };
      const { body } = await jsonRpc.call(url, CREATE, params);
      expect(JSON.stringify(body)).toContain(refused);
    }
    jsonRpc.result(await send('shop', byName()));
    expect((await recorder.nth(1)).outcome).toBe('delivered');
  });
});
