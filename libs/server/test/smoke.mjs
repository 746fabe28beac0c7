// Run by scripts/smoke.mjs against the packed libraries, once per module system.
import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { createRequire } from 'node:module';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

function hasLoaded(name) {
  const { cache } = createRequire(import.meta.url);
  return Object.keys(cache).some((file) => file.includes(`/${name}/`));
}

const part = (value) =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as any issuer makes it. */
function signedToken(privateKey, claims) {
  const content = `${part({ alg: 'EdDSA', kid: 'k' })}.${part(claims)}`;
  const signature = sign(undefined, Buffer.from(content), privateKey);
  return `${content}.${signature.toString('base64url')}`;
}

/** An agent that takes tokens, whose package is an ES module only. */
async function smokeTokens(load) {
  const { A2AModule, A2AWorker } = await load('@nest-a2a/server');
  assert.equal(hasLoaded('jose'), false);
  const { jwtBearer } = await load('@nest-a2a/server/auth');
  const { newKeyPair } = await load('@nest-a2a/protocol');
  const { publicKey, privateKey } = newKeyPair('ed25519');
  const keys = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }] };
  class TokensWorker {
    handle(context) {
      return context.complete();
    }
  }
  A2AWorker()(TokensWorker);
  class TokensModule {}
  Module({
    imports: [
      A2AModule.forRoot({
        agentCard: { name: 'Tokens', description: 'Takes them.', version: '1' },
        authentication: [jwtBearer({ issuer: 'i', audience: 'a', keys })],
      }),
    ],
    providers: [TokensWorker],
  })(TokensModule);
  const app = await NestFactory.create(TokensModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address();
  const claims = { iss: 'i', aud: 'a', sub: 'ada', exp: 4_000_000_000 };
  const statusWith = async (token) => {
    const headers = { 'A2A-Version': '1.0', Authorization: `Bearer ${token}` };
    return (await fetch(`http://127.0.0.1:${port}/tasks`, { headers })).status;
  };
  assert.equal(await statusWith(signedToken(privateKey, claims)), 200);
  assert.equal(
    await statusWith(signedToken(privateKey, { ...claims, aud: 'b' })),
    401,
  );
  await app.close();
}

export default async function smoke(load) {
  await smokeTokens(load);
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
  const { withA2APaths } = await load('@nest-a2a/server/openapi');
  const { paths } = withA2APaths(app, { openapi: '3.0.0', paths: {} });
  assert.ok(paths['/message:send'].post);
  await app.close();
}
