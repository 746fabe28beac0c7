// Run by scripts/smoke.mjs against the packed libraries, once per module system.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const SECRET = Buffer.alloc(32, 7);
const status = { state: 'TASK_STATE_WORKING' };
const BODY = JSON.stringify({ statusUpdate: { taskId: 't', status } });

/** As any sender of Standard Webhooks signs it. */
function signedHeaders(id, body = BODY) {
  const time = Math.floor(Date.now() / 1_000);
  const signature = createHmac('sha256', SECRET)
    .update(`${id}.${time}.${body}`)
    .digest('base64');
  return {
    'content-type': 'application/a2a+json',
    'webhook-id': id,
    'webhook-timestamp': String(time),
    'webhook-signature': `v1,${signature}`,
  };
}

function hasLoaded(name) {
  const { cache } = createRequire(import.meta.url);
  return Object.keys(cache).some((file) => file.includes(`/${name}/`));
}

/** Calls leave a span where an application has registered a provider. */
async function smokeTelemetry(load) {
  const { A2AClient, bearer } = await load('@nest-a2a/client');
  // Who traces nothing needs no OpenTelemetry.
  assert.equal(hasLoaded('@opentelemetry'), false);
  const { traceCalls } = await load('@nest-a2a/client/telemetry');
  assert.equal(hasLoaded('@opentelemetry'), true);
  const names = [];
  const span = { setAttribute() {}, setStatus() {}, end() {} };
  const tracer = {
    startSpan(name) {
      names.push(name);
      return span;
    },
  };
  const client = await A2AClient.connect(
    {
      name: 'Nobody',
      supportedInterfaces: [
        {
          url: 'http://127.0.0.1:9/',
          protocolBinding: 'JSONRPC',
          protocolVersion: '1.0',
        },
      ],
    },
    {
      credentials: [bearer('secret')],
      interceptors: [
        traceCalls({ tracerProvider: { getTracer: () => tracer } }),
      ],
      allowHttp: true,
      allowPrivateNetworks: true,
    },
  );
  await assert.rejects(client.getTask('t'), { code: 'not-allowed' });
  assert.deepEqual(names, ['A2AService/GetTask']);
  await client.close();
}

export default async function smoke(load) {
  await smokeTelemetry(load);
  const {
    A2AClientModule,
    A2AWebhookModule,
    getA2AClientToken,
    OnPushNotification,
  } = await load('@nest-a2a/client/nest');
  const received = [];

  class Reports {
    onNews(notification) {
      received.push([notification.taskId, notification.state]);
    }
  }
  const { prototype } = Reports;
  const method = Object.getOwnPropertyDescriptor(prototype, 'onNews');
  OnPushNotification()(prototype, 'onNews', method);

  class AppModule {}
  const secrets = [`whsec_${SECRET.toString('base64')}`];
  Module({
    imports: [
      A2AWebhookModule.forRoot({ path: 'hooks', signature: { secrets } }),
      A2AClientModule.register({
        name: 'down',
        url: 'http://127.0.0.1:9',
        retry: false,
      }),
    ],
    providers: [Reports],
  })(AppModule);

  const { ExpressAdapter } = await import('@nestjs/platform-express');
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  for (const adapter of [new ExpressAdapter(), new FastifyAdapter()]) {
    const app = await NestFactory.create(AppModule, adapter, { logger: false });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address();
    const send = async (headers) => {
      const url = `http://127.0.0.1:${port}/hooks`;
      const init = { method: 'POST', headers, body: BODY };
      return (await fetch(url, init)).status;
    };
    const good = signedHeaders('evt_1');
    assert.equal(await send(good), 200);
    // Handled once, and never without its signature.
    assert.equal(await send(good), 200);
    assert.equal(await send(signedHeaders('evt_2', '{}')), 401);
    assert.deepEqual(received.splice(0), [['t', 'working']]);
    // A client is there although its agent is not.
    const client = app.get(getA2AClientToken('down'), { strict: false });
    await assert.rejects(client.ready(), { code: 'connection-failed' });
    await app.close();
    await assert.rejects(client.ready(), { code: 'closed' });
  }
}
