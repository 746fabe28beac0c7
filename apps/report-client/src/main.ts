import { setTimeout } from 'node:timers/promises';
import { A2AClient } from '@nest-a2a/client';

const { AGENT_URL, WEBHOOK_URL } = process.env;
const client = await A2AClient.connect(AGENT_URL ?? 'http://localhost:8000');
console.log(`Connected to: ${client.agentName}`);
const { taskId } = await client.send('Generate the Q1 report', {
  blocking: false,
  pushUrl: WEBHOOK_URL ?? 'http://localhost:9000/webhook',
  pushToken: 'my-secret-token',
});
console.log(`Task created: ${taskId}`);

for (let poll = 1; poll <= 30; poll++) {
  const task = await client.getTask(taskId);
  console.log(`  Polling... state=${task.state}`);
  if (task.isTerminal) {
    console.log(`  Result: ${task.text}`);
    break;
  }
  await setTimeout(1_000);
}
console.log('\nCheck the webhook receiver for push notifications!');
await client.close();
