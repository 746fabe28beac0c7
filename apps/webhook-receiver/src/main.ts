import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';

const app = await NestFactory.create<NestExpressApplication>(AppModule);
// Express reads plain JSON only; A2A 1.0 sends its own media type.
app.useBodyParser('json', {
  type: ['application/json', 'application/a2a+json'],
});
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 9000);
