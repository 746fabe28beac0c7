// Run by scripts/smoke.mjs against the packed libraries, once per module system.
import assert from 'node:assert/strict';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

export default async function smoke(load) {
  const { A2AModule, A2AWorker } = await load('@nest-a2a/server');
  const { A2AClient } = await load('@nest-a2a/client');

  class EchoWorker {
    handle(context) {
      return context.complete(`echo: ${context.userText}`);
    }
  }
  A2AWorker()(EchoWorker);

  const { A2AHealthIndicator, A2AHealthModule } = await load(
    '@nest-a2a/server/health',
  );

  class AppModule {}
  const agentCard = {
    name: 'Echo',
    description: 'Says it again.',
    version: '1.0.0',
  };
  Module({
    imports: [A2AModule.forRoot({ agentCard }), A2AHealthModule],
    providers: [EchoWorker],
  })(AppModule);

  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address();
  for (const binding of ['JSONRPC', 'HTTP+JSON']) {
    const url = `http://127.0.0.1:${port}`;
    const client = await A2AClient.connect(url, { binding });
    const result = await client.send('hi');
    assert.equal(result.text, 'echo: hi');
    await client.close();
  }
  const health = app.get(A2AHealthIndicator);
  assert.equal((await health.store('store')).store.status, 'up');
  await app.close();
}
