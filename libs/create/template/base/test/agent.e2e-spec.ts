import { A2AClient } from '@nest-a2a/client';
import { type INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createApp } from '../src/create-app.js';

let app: INestApplication;
let client: A2AClient;

beforeEach(async () => {
  // In memory, whatever the application itself uses: nothing to prepare, nothing to remove.
  app = await createApp({ runtime: 'memory' }, { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  client = await A2AClient.connect(await app.getUrl());
});

afterEach(async () => {
  await client.close();
  await app.close();
});

it('answers a message', async () => {
  const task = await client.send('Hello');
  expect(task).toMatchObject({ state: 'completed', text: 'You said: Hello' });
});

it('streams what it says', async () => {
  const chunks: string[] = [];
  for await (const chunk of client.streamText('Hello')) {
    chunks.push(chunk);
  }
  expect(chunks.join('')).toBe('You said: Hello');
});
