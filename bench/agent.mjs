// How fast an agent in memory answers over HTTP, client and agent in one
// process: npm run bench
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { A2AModule, A2AWorker } from '@nest-a2a/server';

const SENDS = 3_000;
const CONCURRENCY = 32;
const CHUNKS = [100, 1_000, 10_000];
const ROUNDS = 3;

/** Streams as many chunks as the message says, or echoes. */
class BenchWorker {
  async handle(context) {
    const chunks = Number(context.userText);
    for (let i = 0; i < chunks; i++) {
      await context.emitText(`chunk ${i} `);
    }
    await context.complete(chunks > 0 ? undefined : 'echo');
  }
}
A2AWorker()(BenchWorker);

class BenchModule {}
Module({
  imports: [
    A2AModule.forRoot({
      agentCard: { name: 'Bench', description: 'Is fast.', version: '1.0.0' },
    }),
  ],
  providers: [BenchWorker],
})(BenchModule);

const app = await NestFactory.create(BenchModule, { logger: false });
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address();

async function post(path, text) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: {
      'A2A-Version': '1.0',
      'Content-Type': 'application/a2a+json',
    },
    body: JSON.stringify({
      message: {
        messageId: randomUUID(),
        role: 'ROLE_USER',
        parts: [{ text }],
      },
    }),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.text();
}

async function sendsPerSecond() {
  const begin = performance.now();
  let sent = 0;
  const sender = async () => {
    while (sent < SENDS) {
      sent += 1;
      await post('/message:send', 'hi');
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, sender));
  return Math.round((SENDS * 1_000) / (performance.now() - begin));
}

async function streamMs(chunks) {
  const begin = performance.now();
  await post('/message:stream', String(chunks));
  return Math.round(performance.now() - begin);
}

for (let round = 1; round <= ROUNDS; round++) {
  console.log(`round ${round}`);
  console.log(`  ${await sendsPerSecond()} blocking sends a second`);
  for (const chunks of CHUNKS) {
    console.log(`  ${chunks} chunks streamed in ${await streamMs(chunks)} ms`);
  }
}
await app.close();
