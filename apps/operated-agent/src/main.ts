import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { readSettings } from './settings.js';

const app = await NestFactory.create(
  AppModule.register(readSettings(process.env)),
);
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 8000);
