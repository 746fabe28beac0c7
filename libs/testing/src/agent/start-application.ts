import { type INestApplication } from '@nestjs/common';

/** What only Fastify has: it routes nothing before. */
interface Readiable {
  ready?: () => PromiseLike<unknown>;
}

/** Starts an application, whether it listens or not. @param port of 127.0.0.1; none where it is `undefined` */
export async function startApplication(
  app: INestApplication,
  port: number | undefined,
): Promise<void> {
  if (port !== undefined) {
    await app.listen(port, '127.0.0.1');
    return;
  }
  await app.init();
  await (app.getHttpAdapter().getInstance() as Readiable).ready?.();
}
