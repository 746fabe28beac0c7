// The agent of bench/webhooks.mjs: each message becomes a task with a webhook.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { A2AModule, A2AWorker } from '@nest-a2a/server';

const AGENT_CARD = {
  name: 'Bench',
  description: 'Tells webhooks.',
  version: '1.0.0',
  capabilities: { pushNotifications: true },
};

/** A try for a receiver that never answers is over soon, and the next one comes soon: it has to get in the way here. */
const PUSH = {
  allowHttp: true,
  allowPrivateNetworks: true,
  deadlineMs: 1_000,
  scheduleMs: Array.from({ length: 1_000 }, () => 500),
  encryptionKey: Buffer.alloc(32, 1).toString('base64'),
};

/** Each status update is one webhook. */
class BenchWorker {
  async handle(context) {
    const updates = Number(context.userText);
    for (let i = 2; i < updates; i++) await context.sendStatus(`step ${i}`);
    await context.complete();
  }
}
A2AWorker()(BenchWorker);

/** Starts one. `send` makes a task that tells its webhook of so many updates. */
export async function startAgent({ runtime, push }) {
  class BenchModule {}
  Module({
    imports: [
      A2AModule.forRoot({
        agentCard: AGENT_CARD,
        runtime,
        push: { ...PUSH, ...push },
      }),
    ],
    providers: [BenchWorker],
  })(BenchModule);
  const app = await NestFactory.create(BenchModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address();
  const url = `http://127.0.0.1:${port}/message:send`;
  return {
    send: (webhook, updates) => post(url, requestOf(webhook, updates)),
    close: () => app.close(),
  };
}

function requestOf(url, updates) {
  const message = {
    messageId: randomUUID(),
    role: 'ROLE_USER',
    parts: [{ text: String(updates) }],
  };
  const taskPushNotificationConfig = { url, token: 'token' };
  const configuration = { returnImmediately: true, taskPushNotificationConfig };
  return JSON.stringify({ message, configuration });
}

async function post(url, body) {
  const headers = {
    'A2A-Version': '1.0',
    'Content-Type': 'application/a2a+json',
  };
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
}
