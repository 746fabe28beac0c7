import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { readSettings } from './settings.js';

const settings = readSettings(process.env);
const app = await NestFactory.create(AppModule.register(settings));
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 8000);
