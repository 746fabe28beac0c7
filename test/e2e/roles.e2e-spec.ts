import { A2AModule, TaskService } from '@nest-a2a/server';
import { httpJson, sendParams } from '../support/a2a-http.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import { CARD, PLATFORMS } from '../support/test-agent.js';
import { startHost, type TestHost } from '../support/test-host.js';

const CARD_PATH = '/.well-known/agent-card.json';

describe.each(PLATFORMS)('processes that share the work, on %s', (platform) => {
  const hosts: TestHost[] = [];
  let runtime: SharedRuntime;

  const start = async (roles: any, providers: any[]): Promise<TestHost> => {
    const agent = A2AModule.forRoot({
      agentCard: CARD,
      runtime: runtime.instance(),
      push: DURABLE_PUSH,
      roles,
    });
    const host = await startHost({ imports: [agent], providers }, { platform });
    hosts.push(host);
    return host;
  };

  beforeEach(() => {
    runtime = new SharedRuntime();
  });

  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.close();
  });

  it('answer in one that has no worker, and work in one that has no routes', async () => {
    const web = await start(['api'], []);
    const background = await start(['worker', 'push'], [ScriptedWorker]);
    const { url } = web;
    const sent = await httpJson.call(url, 'SendMessage', sendParams('hi'));
    expect(sent.body.task.artifacts[0].parts).toEqual([{ text: 'echo: hi' }]);
    for (const path of [CARD_PATH, '/tasks', '/tasks/x']) {
      const response = await fetch(background.url + path);
      expect(response.status).toBe(404);
    }
    expect((await fetch(url + CARD_PATH)).status).toBe(200);
    const { id } = sent.body.task;
    const known = await background.app.get(TaskService).get(id);
    expect(known).toEqual(sent.body.task);
  });

  it('keep a message until there is one that works', async () => {
    const { url } = await start(['api', 'push'], []);
    const configuration = { returnImmediately: true };
    const params = sendParams('hi', { configuration });
    const { task } = (await httpJson.call(url, 'SendMessage', params)).body;
    expect(task.status.state).toBe('TASK_STATE_SUBMITTED');
    await start(['worker'], [ScriptedWorker]);
    const { message } = params;
    const again = await httpJson.call(url, 'SendMessage', { message });
    expect(again.body.task).toMatchObject({
      id: task.id,
      status: { state: 'TASK_STATE_COMPLETED' },
    });
  });
});
