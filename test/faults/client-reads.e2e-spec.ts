import { type A2AClient } from '@nest-a2a/client';
import { type FaultAgent } from '../support/faults/fault-agent.js';
import { collect, failureOf, FaultLab } from '../support/faults/fault-lab.js';
import {
  closeAfter,
  cutAnswer,
  type Fault,
  refuse,
  resetAfter,
  resetBefore,
  stallAfter,
} from '../support/faults/faults.js';
import { Story } from '../support/faults/story.js';

const BINDINGS = ['JSONRPC', 'HTTP+JSON'] as const;

const FAULTS: [string, Fault][] = [
  ['reset before', resetBefore],
  ['reset after', resetAfter],
  ['closed after', closeAfter],
  ['cut', cutAnswer],
  ['refused with 429', refuse(429, { 'Retry-After': '0' })],
  ['refused with 502', refuse(502)],
  ['refused with 503', refuse(503)],
  ['refused with 504', refuse(504)],
];

describe.each(BINDINGS)('what only reads, over %s', (binding) => {
  let lab: FaultLab;
  let agent: FaultAgent;
  let client: A2AClient;

  beforeEach(async () => {
    lab = new FaultLab();
    agent = await lab.agent({ binding });
    agent.stories.set('t1', new Story('t1'));
    agent.pushes.push({ taskId: 't1', id: 'p1', url: 'https://hook.example/' });
    client = await lab.client(agent.url);
  });

  afterEach(() => lab.close());

  const reads: [string, () => Promise<unknown>][] = [
    ['GetTask', () => client.getTask('t1')],
    ['ListTasks', () => client.listTasks()],
    ['GetTaskPushNotificationConfig', () => client.getPushConfig('t1', 'p1')],
    ['ListTaskPushNotificationConfigs', () => client.listPushConfigs('t1')],
    ['SubscribeToTask', () => collect(client.subscribe('t1'))],
  ];

  describe.each(reads)('%s', (operation, read) => {
    it.each(FAULTS)('is repeated when it is %s', async (_, fault) => {
      agent.faults.push(fault, fault);
      await read();
      expect(agent.operations).toEqual([operation, operation, operation]);
    });

    it('fails with what went wrong at last', async () => {
      agent.faults.push(resetAfter, refuse(503), refuse(504));
      expect(await failureOf(read())).toMatchObject({
        name: 'A2AClientError',
        code: 'gateway-failed',
        status: 504,
      });
      expect(agent.operations).toHaveLength(3);
    });

    it('is repeated when the connection is reset as soon as it is there', async () => {
      agent.resets = 2;
      await read();
      expect(agent.operations).toEqual([operation]);
    });
  });

  it('fails when the time is over', async () => {
    agent.faults.push(stallAfter);
    expect(
      await failureOf(client.getTask('t1', { timeoutMs: 50 })),
    ).toMatchObject({ code: 'timeout' });
    await agent.allClosed();
  });

  it('is not repeated for what the agent says against it', async () => {
    await expect(client.getTask('none')).rejects.toMatchObject({
      code: 'TASK_NOT_FOUND',
    });
    expect(agent.operations).toHaveLength(1);
  });

  it('repeats a webhook that has an id, and not one that has none', async () => {
    const url = 'https://hook.example/';
    agent.faults.push(resetAfter);
    const made = await client.createPushConfig('t1', { id: 'mine', url });
    expect(made).toMatchObject({ id: 'mine', url });
    expect(agent.operations).toHaveLength(2);
    agent.faults.push(resetAfter);
    await expect(client.createPushConfig('t1', { url })).rejects.toMatchObject({
      code: 'outcome-unknown',
    });
    expect(agent.operations).toHaveLength(3);
  });

  it('repeats the removal of a webhook, which may be gone by then', async () => {
    agent.faults.push(resetAfter);
    await client.deletePushConfig('t1', 'p1');
    expect(agent.operations).toHaveLength(2);
    expect(agent.pushes).toEqual([]);
  });

  it('repeats a cancellation, which may have had its effect by then', async () => {
    agent.faults.push(resetAfter);
    const result = await client.cancel('t1');
    expect(result.canceled).toBe(true);
    expect(agent.operations.slice(0, 2)).toEqual(['CancelTask', 'CancelTask']);
  });

  it('says that a task was over where it was not the cancellation that ended it', async () => {
    agent.stories.get('t1')?.finish();
    agent.faults.push(resetAfter);
    await expect(client.cancel('t1')).rejects.toMatchObject({
      code: 'TASK_NOT_CANCELABLE',
    });
  });

  it('waits for a task over all faults', async () => {
    for (const [, fault] of FAULTS) agent.faults.push(fault);
    const patient = await lab.client(agent.url, {
      retry: { maxAttempts: 20, baseDelayMs: 1, maxDelayMs: 5 },
    });
    const result = await patient.waitFor('t1', { pollMs: 1 });
    expect(result.completed).toBe(true);
  });
});
