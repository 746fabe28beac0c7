import { type AddressInfo } from 'node:net';
import { type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { A2AClient, type A2AClientOptions } from '@nest-a2a/client';
import { AppModule as AgentModule } from '../../apps/report-agent/src/app.module.js';
import { AppModule as ReceiverModule } from '../../apps/webhook-receiver/src/app.module.js';
import { ReportWorker } from '../../apps/report-agent/src/report.worker.js';
import { readSettings } from '../../apps/report-agent/src/settings.js';
import { type TaskContext } from '@nest-a2a/server';
import { Gate } from '../support/gate.js';
import { testStorage } from '../support/test-runtime.js';

const BINDINGS = ['JSONRPC', 'HTTP+JSON'] as const;
const REPORT = 'Report: Q1 revenue was 4.2M, up 15% YoY.';

async function listen(app: INestApplication): Promise<string> {
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return `http://localhost:${port}`;
}

/** The same steps as the report worker, but each when the test says so. */
class SteppedReportWorker extends ReportWorker {
  gates = [new Gate(), new Gate()];

  override async handle(context: TaskContext): Promise<void> {
    const [gathering, generating] = this.gates;
    await context.sendStatus('Gathering data...');
    await gathering?.pass();
    await context.sendStatus('Generating report...');
    await generating?.pass();
    await context.complete(REPORT);
  }
}

describe.each(['', 'api/v1'])('the three programs, prefix "%s"', (prefix) => {
  let agent: INestApplication;
  let receiver: INestApplication;
  let worker: SteppedReportWorker;
  let agentUrl: string;
  let receiverUrl: string;

  beforeEach(async () => {
    worker = new SteppedReportWorker();
    const agentModule = await Test.createTestingModule({
      imports: [
        AgentModule.register({ ...readSettings({}), ...testStorage() }),
      ],
    })
      .overrideProvider(ReportWorker)
      .useValue(worker)
      .compile();
    agent = agentModule.createNestApplication({ logger: false });
    if (prefix) agent.setGlobalPrefix(prefix);
    agentUrl = await listen(agent);
    const receiverModule = await Test.createTestingModule({
      imports: [ReceiverModule],
    }).compile();
    receiver = receiverModule.createNestApplication({
      logger: false,
    });
    receiverUrl = await listen(receiver);
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
  });

  afterEach(async () => {
    await agent.close();
    await receiver.close();
    jest.restoreAllMocks();
  });

  const notifications = async (): Promise<any[]> => {
    const response = await fetch(`${receiverUrl}/notifications`);
    return ((await response.json()) as { notifications: any[] }).notifications;
  };

  /** Every notification is there at the latest when its task and the agent have ended. */
  const allNotifications = async (): Promise<any[]> => {
    await agent.close();
    return notifications();
  };

  /** The client's program, each step of the worker when the poll before it was answered. */
  async function runClient(options: A2AClientOptions): Promise<string> {
    const client = await A2AClient.connect(agentUrl, options);
    expect(client.agentName).toBe('Report Generator');

    const created = await client.send('Generate the Q1 report', {
      blocking: false,
      pushUrl: `${receiverUrl}/webhook`,
      pushToken: 'my-secret-token',
    });
    expect(['submitted', 'working']).toContain(created.state);
    const { taskId } = created;

    const states: string[] = [];
    for (const gate of worker.gates) {
      await gate.reached;
      states.push((await client.getTask(taskId)).state);
      gate.open();
    }
    const done = await client.waitFor(taskId);
    expect(states).toEqual(['working', 'working']);
    expect(done.state).toBe('completed');
    expect(done.text).toBe(REPORT);
    await client.close();
    return taskId;
  }

  it.each(BINDINGS)(
    'create the report without waiting, poll it, and get five webhooks in order over %s',
    async (binding) => {
      const taskId = await runClient({ binding, versions: ['1.0'] });
      const received = await allNotifications();
      expect(received.map((one) => Object.keys(one))).toEqual([
        ['statusUpdate'],
        ['statusUpdate'],
        ['statusUpdate'],
        ['artifactUpdate'],
        ['statusUpdate'],
      ]);
      const [working, gathering, generating, artifact, completed] = received;
      expect(working.statusUpdate.status).toEqual({
        state: 'TASK_STATE_WORKING',
        timestamp: expect.any(String),
      });
      const textOf = (one: any) =>
        one.statusUpdate.status.message.parts[0].text;
      expect(textOf(gathering)).toBe('Gathering data...');
      expect(textOf(generating)).toBe('Generating report...');
      expect(artifact.artifactUpdate.artifact.parts).toEqual([
        { text: REPORT },
      ]);
      expect(completed.statusUpdate.status.state).toBe('TASK_STATE_COMPLETED');
      const ids = received.map(
        ({ statusUpdate, artifactUpdate }) =>
          (statusUpdate ?? artifactUpdate).taskId,
      );
      expect(new Set(ids)).toEqual(new Set([taskId]));
    },
  );

  it.each(BINDINGS)(
    'do the same in A2A 0.3, with four tasks as webhooks, over %s',
    async (binding) => {
      const taskId = await runClient({ binding, versions: ['0.3'] });
      const received = await allNotifications();
      expect(
        received.map(({ kind, id, status }) => [
          kind,
          id,
          status.state,
          status.message?.parts[0].text,
        ]),
      ).toEqual([
        ['task', taskId, 'working', undefined],
        ['task', taskId, 'working', 'Gathering data...'],
        ['task', taskId, 'working', 'Generating report...'],
        ['task', taskId, 'completed', undefined],
      ]);
      expect(received[3].artifacts[0].parts).toEqual([
        { kind: 'text', text: REPORT },
      ]);
    },
  );

  it('refuse a notification without the token', async () => {
    const response = await fetch(`${receiverUrl}/webhook`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/a2a+json',
        'X-A2A-Notification-Token': 'guessed',
      },
      body: '{}',
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ error: 'Invalid token' });
    expect(await notifications()).toEqual([]);
  });
});
