import { sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { aborted, begin } from '../support/running-task.js';
import { startDocumented } from '../support/documented-agent.js';
import { type DocumentCheck } from '../support/document-check.js';
import { CARD, PLATFORMS, type TestAgent } from '../support/test-agent.js';

const HOOK = { id: 'mine', url: 'http://127.0.0.1:9/hook', token: 'secret' };

describe.each(PLATFORMS)('the OpenAPI document on %s', (platform) => {
  let agent: TestAgent;
  let check: DocumentCheck;

  beforeEach(async () => {
    const options = {
      agentCard: CARD,
      extendedAgentCard: { description: 'More.' },
      publicExtendedAgentCard: true,
      maxBodyBytes: 100_000,
      directReplies: true,
    };
    ({ agent, check } = await startDocumented({ platform, options }));
  });

  afterEach(() => agent.close());

  async function send(text: string, configuration: object = {}) {
    const body = sendParams(text, { configuration });
    const answer = await check.call('POST', '/message:send', { body });
    return answer.body.task.id as string;
  }

  it('has every operation of HTTP+JSON', () => {
    const configs = '/tasks/{taskId}/pushNotificationConfigs';
    expect(check.operations).toEqual([
      `DELETE ${configs}/{id}`,
      'GET /.well-known/agent-card.json',
      'GET /extendedAgentCard',
      'GET /tasks',
      'GET /tasks/{id}',
      'GET /tasks/{id}:subscribe',
      `GET ${configs}`,
      `GET ${configs}/{id}`,
      'POST /message:send',
      'POST /message:stream',
      'POST /tasks/{id}:cancel',
      'POST /tasks/{id}:subscribe',
      `POST ${configs}`,
    ]);
  });

  it('says what is answered to messages, and what tasks look like', async () => {
    agent.worker.on('parts', async (context) => {
      await context.sendStatus('Listening...');
      await context.emitArtifact({
        parts: [
          { data: null },
          { raw: 'QUI=', filename: 'a.bin', mediaType: 'a/b' },
          { url: 'https://a.example/x', metadata: { a: 1 } },
        ],
      });
      await context.complete();
    });
    const id = await send('parts');
    const task = await check.call('GET', `/tasks/${id}?historyLength=5`);
    expect(task).toMatchObject({
      operationId: 'a2a_GetTask',
      status: 200,
      body: {
        artifacts: [
          { parts: [{ data: null }, { raw: 'QUI=' }, { metadata: { a: 1 } }] },
        ],
      },
    });
    expect(task.body.history.length).toBeGreaterThan(0);
    const listed = await check.call(
      'GET',
      '/tasks?pageSize=1&includeArtifacts=true&status=TASK_STATE_COMPLETED',
    );
    expect(listed.body.tasks).toHaveLength(1);
  });

  it('says what is answered where there is no task', async () => {
    agent.worker.on('reply', (context) => context.reply('Hello.'));
    const body = sendParams('reply');
    const sent = await check.call('POST', '/message:send', { body });
    expect(Object.keys(sent.body)).toEqual(['message']);
    const again = sendParams('reply');
    const path = '/message:stream';
    const streamed = await check.call('POST', path, { body: again });
    expect(streamed.body.flatMap(Object.keys)).toEqual(['message']);
  });

  it('says what streams carry', async () => {
    agent.worker.on('words', async (context) => {
      await context.sendStatus('Thinking...');
      await context.emitText('One ');
      await context.emitText('two.');
      await context.complete();
    });
    const body = sendParams('words');
    const streamed = await check.call('POST', '/message:stream', { body });
    expect(streamed.operationId).toBe('a2a_SendStreamingMessage');
    const kinds = streamed.body.flatMap(Object.keys);
    expect(new Set(kinds)).toEqual(
      new Set(['task', 'statusUpdate', 'artifactUpdate']),
    );
  });

  it.each(['GET', 'POST'])(
    'says what a subscription carries (%s)',
    async (method) => {
      const gate = new Gate();
      agent.worker.on('wait', async (context) => {
        await gate.pass();
        await context.complete('Done.');
      });
      const id = await send('wait', { returnImmediately: true });
      const subscribed = await check.call(method, `/tasks/${id}:subscribe`, {
        opened: () => gate.open(),
      });
      expect(subscribed.status).toBe(200);
      expect(Object.keys(subscribed.body.at(-1))).toEqual(['statusUpdate']);
    },
  );

  it('says what is answered to a cancellation', async () => {
    const id = await begin(agent, (context) => aborted(context));
    const canceled = await check.call('POST', `/tasks/${id}:cancel`, {
      body: { metadata: { why: 'test' } },
    });
    expect(canceled.body.status.state).toBe('TASK_STATE_CANCELED');
  });

  it('says what is answered about webhooks', async () => {
    const id = await send('hello');
    const configs = `/tasks/${id}/pushNotificationConfigs`;
    const calls = [
      await check.call('POST', configs, { body: HOOK }),
      await check.call('GET', `${configs}/mine`),
      await check.call('GET', `${configs}?pageSize=5`),
      await check.call('DELETE', `${configs}/mine`),
    ];
    expect(calls.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(calls[0]?.body).toMatchObject({ ...HOOK, taskId: id });
    expect(calls[2]?.body.configs).toHaveLength(1);
  });

  it('says what cards look like, for either version', async () => {
    const path = '/.well-known/agent-card.json';
    expect((await check.call('GET', path)).body.name).toBe(CARD.name);
    const old = { 'A2A-Version': '0.3' };
    const both = await check.call('GET', path, { headers: old });
    expect(both.body.protocolVersion).toBe('0.3.0');
    const extended = await check.call('GET', '/extendedAgentCard');
    expect(extended.body.description).toBe('More.');
  });

  it('says what is answered to requests that are wrong', async () => {
    const id = await send('hello');
    const hook = `/tasks/${id}/pushNotificationConfigs`;
    const huge = sendParams('x'.repeat(200_000));
    const image = sendParams('', {
      message: { parts: [{ raw: 'QQ==', mediaType: 'image/png' }] },
    });
    const calls = [
      await check.call('GET', '/tasks/unknown'),
      await check.call('POST', `/tasks/${id}:cancel`),
      await check.call('POST', `/tasks/${id}:subscribe`),
      await check.call('GET', '/tasks?pageSize=0'),
      await check.call('GET', '/tasks', { headers: { 'A2A-Version': '9.9' } }),
      await check.call('POST', '/message:send', { body: '{' }),
      await check.call('POST', '/message:send', { body: huge }),
      await check.call('POST', '/message:send', { body: image }),
      await check.call('POST', hook, { body: { url: 'file:///etc/passwd' } }),
    ];
    expect(calls.map(({ status }) => status)).toEqual([
      404, 400, 400, 400, 400, 400, 413, 400, 400,
    ]);
  });

  it('allows the bodies that the agent takes, and no others', async () => {
    const message = sendParams('hello').message;
    const bodies: [unknown, boolean][] = [
      [{ message }, true],
      [{ message: { ...message, messageId: 'other' }, unknown: 1 }, true],
      [{}, false],
      [{ message: { ...message, parts: [] } }, false],
      [{ message: { ...message, parts: [{ text: 'a', url: 'b' }] } }, false],
      [{ message: { ...message, role: 'ROLE_AGENT' } }, false],
      [{ message: { ...message, messageId: 'x'.repeat(513) } }, false],
      [{ message, configuration: { historyLength: -1 } }, false],
    ];
    for (const [body, isTaken] of bodies) {
      const path = '/message:send';
      const { status } = await check.call('POST', path, { body });
      const allowed = check.allows('POST', path, body);
      expect({ body, status, allowed }).toEqual({
        body,
        status: isTaken ? 200 : 400,
        allowed: isTaken,
      });
    }
  });
});
