// An application as somebody writes it who has installed the packages. It is
// compiled and run by scripts/test-packages.mjs, on each Nest and each Node.js:
// node main.js [express|fastify]
import { type AddressInfo } from 'node:net';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { tryAgent } from './try-agent.js';

async function create(platform: string): Promise<INestApplication> {
  const options = { logger: ['error' as const, 'warn' as const] };
  if (platform === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return NestFactory.create(AppModule, new FastifyAdapter(), options);
  }
  return NestFactory.create(AppModule, options);
}

async function main(platform = 'express'): Promise<void> {
  const app = await create(platform);
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer() as { address(): AddressInfo };
  const url = `http://127.0.0.1:${server.address().port}`;
  await tryAgent(url, 'JSONRPC');
  await tryAgent(url, 'HTTP+JSON');
  await app.close();
  console.log(`${platform} works`);
}

main(process.argv[2]).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
