import assert from 'node:assert/strict';
import { A2AClient } from '@nest-a2a/client';

/** Reads the card, waits for an answer and follows a stream, over one binding. */
export async function tryAgent(
  url: string,
  binding: 'JSONRPC' | 'HTTP+JSON',
): Promise<void> {
  const client = await A2AClient.connect(url, { binding });
  assert.equal(client.agentCard.name, 'Greeter');
  assert.equal(client.agentInterface.protocolBinding, binding);

  const result = await client.send('Ada');
  assert.equal(result.state, 'completed');
  assert.equal(result.text, 'Hello, Ada!');

  const chunks: string[] = [];
  for await (const chunk of client.streamText('Grace')) chunks.push(chunk);
  assert.equal(chunks.join(''), 'Hello, Grace!');

  const [newest] = (await client.listTasks()).tasks;
  assert.equal(newest?.state, 'completed');
  await client.close();
}
