import { type SinkAnswer, WebhookSink } from '@nest-a2a/testing';
import {
  allEvents,
  BINDINGS,
  jsonRpc,
  sendParams,
} from '../support/a2a-http.js';
import { NamedWebhooks } from '../support/named-webhooks.js';
import { CREATE, GET, PushLab } from '../support/push-lab.js';
import { answerWith, hang, reset } from '../support/webhook-answers.js';

const SECRETS = ['hook-path-secret', 'token-secret', 'credentials-secret'];
const HOST = 'host-secret.example';
const CREDENTIALS = {
  token: 'token-secret',
  authentication: { scheme: 'Bearer', credentials: 'credentials-secret' },
};

/** Each way to fail, and what is said of it. */
const FAILURES: Record<string, [SinkAnswer | undefined, string]> = {
  unanswered: [hang, 'deadline-exceeded'],
  broken: [reset, 'connection-failed'],
  junk: [({ socket }) => socket?.end('SSH-2.0'), 'invalid-response'],
  redirected: [answerWith(302, { location: '/' }), 'HTTP 302'],
  unauthorized: [401, 'HTTP 401'],
  failing: [500, 'HTTP 500'],
  busy: [answerWith(503, { 'retry-after': '1' }), 'HTTP 503'],
  gone: [410, 'HTTP 410'],
  looping: [508, 'HTTP 508'],
  'not TLS': [undefined, 'tls-failed'],
  forbidden: [undefined, 'address-not-allowed'],
  unknown: [undefined, 'host-not-found'],
};

/** Registrations that are refused, each for another reason. */
const REFUSED = [
  { url: 'https://10.0.0.1/hook-path-secret' },
  { url: `https://user:hook-path-secret@${HOST}/` },
  { url: `gopher://${HOST}/hook-path-secret` },
  { url: `https://${HOST}/hook-path-secret${'a'.repeat(2_048)}` },
  { url: `https://${HOST}:99/hook-path-secret` },
  { token: 'token-secret\n' },
  { authentication: { scheme: 'credentials-secret x' } },
  { authentication: { scheme: 'x', credentials: 'credentials-secret\n' } },
  { taskId: 'of-nobody' },
];

describe('the secrets of a webhook', () => {
  it('are told to the owner and to the receiver, and to nobody else', async () => {
    const lab = await PushLab.start({
      push: { deadlineMs: 100, scheduleMs: [0, 0, 0, 0, 0] },
    });
    const { agent, logs, recorder, service } = lab;
    const sink = await lab.openSink();
    sink.answerNext(500, reset, hang, answerWith(302, { location: '/' }), 401);
    sink.answerNext(200, 410);
    const config = {
      id: 'a',
      url: sink.url.replace('webhook', 'hook-path-secret'),
      ...CREDENTIALS,
    };
    const configuration = { taskPushNotificationConfig: config };
    const params = sendParams('hi', { configuration });
    const stream = await jsonRpc.open(
      agent.url,
      'SendStreamingMessage',
      params,
    );
    const events = await allEvents(stream);
    const { id } = jsonRpc.response(events[0]!).task;
    const attempts = await recorder.waitFor(7);
    expect(attempts.map(({ outcome }) => outcome)).toEqual([
      ...Array<string>(4).fill('failed'),
      'dead',
      'delivered',
      'dead',
    ]);
    const wrong = { ...config, taskId: id, token: `${config.token}\n` };
    const said = [
      logs.lines,
      attempts,
      events,
      await service.attempts({ taskId: id, limit: 99 }),
      await lab.call('GetTask', { id }),
      await lab.call('ListTasks', { includeArtifacts: true }),
      (await jsonRpc.call(agent.url, CREATE, wrong)).body,
      (await jsonRpc.call(agent.url, GET, { taskId: id, id: 'b' })).body,
    ];
    expect(logs.troubles).toHaveLength(6);
    const port = `:${sink.port}`;
    for (const secret of [...SECRETS, port]) {
      expect(JSON.stringify(said)).not.toContain(secret);
      const told = await lab.call(GET, { taskId: id, id: 'a' });
      expect(JSON.stringify(told)).toContain(secret);
    }
    await lab.close();
  });

  it.each(Object.entries(FAILURES))(
    'are in no line, and in nothing that the operator is shown, of one that is %s',
    async (kind, [answer, reason]) => {
      const sink = await WebhookSink.open();
      const lab = await NamedWebhooks.start(
        (name) => {
          if (kind === 'unknown') throw new Error(`ENOTFOUND ${name}`);
          return kind === 'forbidden' ? '169.254.169.254' : '127.0.0.1';
        },
        {
          allow: ['127.0.0.1'],
          ports: [sink.port],
          deadlineMs: 100,
          // Again at once, and then never.
          scheduleMs: [0, 0, 0],
          breaker: { failures: 2, openMs: 1, maxOpenMs: 1 },
        },
      );
      if (answer !== undefined) sink.answerNext(answer, answer);
      const scheme = kind === 'not TLS' ? 'https' : 'http';
      const url = `${scheme}://${HOST}:${sink.port}/hook-path-secret`;
      const { task } = jsonRpc.result(await lab.send('t', url, CREDENTIALS));
      const { service, logs, recorder } = lab;
      const noted = await recorder.nth(1);
      await logs.find(/^(warn|error) .*Webhook a of task/);
      const said = JSON.stringify([
        ...[logs.lines, noted, task],
        await service.attempts({ taskId: task.id, limit: 9 }),
      ]);
      expect(said).toContain(reason);
      for (const secret of [...SECRETS, HOST, `:${sink.port}`]) {
        expect(said).not.toContain(secret);
      }
      await lab.close();
      await sink.close();
    },
  );

  describe.each(BINDINGS)('over $name', (binding) => {
    it('are in no answer that refuses them', async () => {
      const { agent, logs } = await PushLab.start();
      const taskId = 'of-somebody-else';
      const url = `https://${HOST}/hook-path-secret`;
      for (const wrong of REFUSED) {
        const params = { taskId, url, ...CREDENTIALS, ...wrong };
        const { body } = await binding.call(agent.url, CREATE, params);
        expect(body.error.message).toMatch(/\w/);
        for (const secret of [...SECRETS, HOST]) {
          expect(JSON.stringify(body)).not.toContain(secret);
        }
      }
      for (const secret of [...SECRETS, HOST]) {
        expect(logs.lines.join()).not.toContain(secret);
      }
      await agent.close();
    });
  });
});
