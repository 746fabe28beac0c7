// Run by scripts/smoke.mjs against the packed libraries, once per module system.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
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

export default async function smoke(load) {
  const { A2AWebhookModule, OnPushNotification } = await load(
    '@nest-a2a/client/nest',
  );
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
    await app.close();
  }
}
