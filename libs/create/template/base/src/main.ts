import { existsSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { createApp } from './create-app.js';
import { readSettings } from './settings.js';

if (existsSync('.env')) {
  // What the environment says already counts more.
  process.loadEnvFile();
}
const { host, port, ...settings } = readSettings(process.env);
const app = await createApp(settings);
// A signal lets running turns end before the process does.
app.enableShutdownHooks();
await app.listen(port, host);
new Logger('main').log(`The agent is at ${await app.getUrl()}`);
