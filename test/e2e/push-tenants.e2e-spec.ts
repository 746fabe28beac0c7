import { type PushOptions } from '@nest-a2a/server';
import { WebhookSink } from '@nest-a2a/testing';
import { jsonRpc } from '../support/a2a-http.js';
import { NamedWebhooks } from '../support/named-webhooks.js';
import { CREATE } from '../support/push-lab.js';

const HOST = 'hooks.example.com';

describe('the webhooks of several tenants', () => {
  let lab: NamedWebhooks;
  let sink: WebhookSink;

  const start = async (push: Partial<PushOptions>) => {
    const ports = [sink.port];
    lab = await NamedWebhooks.start('127.0.0.1', { ports, ...push });
  };
  const send = (tenant: string, webhook?: string) => lab.send(tenant, webhook);
  const byName = () => `http://${HOST}:${sink.port}/`;
  const byAddress = () => `http://127.0.0.1:${sink.port}/`;
  const refused = 'The host is not allowed';

  beforeEach(async () => {
    sink = await WebhookSink.open();
  });
  afterEach(async () => {
    await lab.close();
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
    for (const attempt of await lab.recorder.waitFor(4)) {
      expect(attempt.error).toBe('address-not-allowed');
    }
    expect(sink.connections).toBe(0);
    jsonRpc.result(await send('open', byAddress()));
    jsonRpc.result(await send('open', byName()));
    const attempts = await lab.recorder.waitFor(6);
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
      await lab.recorder.waitFor(count);
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
    await lab.recorder.waitFor(2);
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
      const { body } = await jsonRpc.call(lab.url, CREATE, params);
      expect(JSON.stringify(body)).toContain(refused);
    }
    jsonRpc.result(await send('shop', byName()));
    expect((await lab.recorder.nth(1)).outcome).toBe('delivered');
  });
});
