// What needs an optional peer besides the entry points that cannot be loaded
// without one. Run by scripts/test-packages.mjs with and without the peers.
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const agentCard = { name: 'Echo', description: 'Says it again.', version: '1' };

/** Starts an agent, sends it a message, and ends it. */
async function startAgent(load, options, handle = (ctx) => ctx.complete()) {
  const { A2AModule, A2AWorker } = await load('@nest-a2a/server');
  const { A2AClient } = await load('@nest-a2a/client');
  class OneWorker {
    handle(context) {
      return handle(context);
    }
  }
  A2AWorker()(OneWorker);
  class AppModule {}
  Module({
    imports: [A2AModule.forRoot({ agentCard, ...options })],
    providers: [OneWorker],
  })(AppModule);
  const app = await NestFactory.create(AppModule, {
    logger: false,
    abortOnError: false,
  });
  try {
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address();
    const url = `http://127.0.0.1:${port}`;
    const client = await A2AClient.connect(url, { binding: 'JSONRPC' });
    await client.send({ parts: [{ data: { amount: 1 } }] });
    await client.close();
  } finally {
    await app.close();
  }
}

export default [
  {
    name: 'tokens of an issuer',
    needs: ['jose'],
    use: async (load) => {
      const { jwtBearer } = await load('@nest-a2a/server/auth');
      const authenticator = jwtBearer({
        issuer: 'https://issuer.example.com',
        audience: 'me',
        keys: { keys: [] },
      });
      await authenticator.open();
    },
  },
  {
    name: 'the binding GRPC',
    needs: ['@bufbuild/protobuf', '@grpc/grpc-js', 'grpc-health-check'],
    use: (load) =>
      startAgent(load, {
        bindings: ['JSONRPC', 'GRPC'],
        grpc: { host: '127.0.0.1', port: 0 },
      }),
  },
  {
    name: 'reflection over gRPC',
    needs: [
      ...['@bufbuild/protobuf', '@grpc/grpc-js'],
      ...['@grpc/reflection', 'grpc-health-check'],
    ],
    use: (load) =>
      startAgent(load, {
        bindings: ['JSONRPC', 'GRPC'],
        grpc: { host: '127.0.0.1', port: 0, reflection: true },
      }),
  },
  {
    name: 'ctx.data() with a class',
    needs: ['class-transformer', 'class-validator'],
    use: async (load) => {
      let said;
      class AnyDto {}
      await startAgent(load, {}, async (ctx) => {
        said = await ctx.data(AnyDto).catch((error) => error);
        await ctx.complete();
      });
      // A class without rules is refused by the packages that are asked for here.
      if (said.code === 'MISSING_VALIDATOR') throw said;
    },
  },
];
