import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { type NestApplication } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import {
  A2A_CLOCK,
  A2AModule,
  type PushOptions,
  PushNotificationService,
  WEBHOOK_NETWORK,
} from '@nest-a2a/server';
import { WebhookSink } from '@nest-a2a/testing';
import {
  BINDINGS,
  jsonRpc,
  sendParams,
  type WireAnswer,
} from '../support/a2a-http.js';
import { DeliveryRecorder } from '../support/delivery-recorder.js';
import { LeapClock } from '../support/leap-clock.js';
import { LogCollector } from '../support/log-collector.js';
import { CREATE, GET, LIST, LOCAL_PUSH, PushLab } from '../support/push-lab.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { CARD, startAgent, type TestAgent } from '../support/test-agent.js';
import { onTestStore } from '../support/test-runtime.js';
import { answerWith } from '../support/webhook-answers.js';

const GOOD = 'https://hooks.example.com/a';

const FORBIDDEN_HOSTS = [
  'localhost',
  'LOCALHOST.',
  'a.localhost',
  'printer.local',
  'metadata.google.internal',
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f.1',
  '0177.0.0.1',
  '１２７.0.0.1',
  '127。0。0。1',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '192.0.2.1',
  '224.0.0.1',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::a9fe:a9fe]',
  '[2002:a9fe:a9fe::]',
  '[2001:0:4136:e378:8000:63bf:3fff:fdd2]',
  '[fd00:ec2::254]',
  '[fe80::1]',
];

const FORBIDDEN_URLS = [
  'http://hooks.example.com/',
  'ftp://hooks.example.com/',
  'file:///etc/passwd',
  'gopher://hooks.example.com/',
  'ws://hooks.example.com/',
  'data:text/plain,x',
  'unix:///var/run/docker.sock',
  'http://unix:/var/run/docker.sock:/x',
  'https://hooks.example.com:22/',
  'https://hooks.example.com:25/',
  'https://hooks.example.com:5432/',
  'https://hooks.example.com:6379/',
  'https://hooks.example.com:9000/',
  'https://user:password@hooks.example.com/',
  'https://hooks.example.com@127.0.0.1/',
  'https://127.0.0.1#@hooks.example.com/',
  'https://127.0.0.1\\@hooks.example.com/',
  'https://127.0\t.0.1/',
  `https://hooks.example.com/${'a'.repeat(2_048)}`,
  'hooks.example.com',
  'https://',
  '//hooks.example.com/',
  '',
  ' ',
];

function bearer(credentials: string, scheme = 'Bearer') {
  return { authentication: { scheme, credentials } };
}

const FORBIDDEN_HEADERS: [string, object][] = [
  ['token', { token: 'a\r\nX-Injected: yes' }],
  ['token', { token: 'a\nb' }],
  ['token', { token: 'a\0b' }],
  ['token', { token: 'schlüssel' }],
  ['token', { token: 'a'.repeat(1_000_000) }],
  ['authentication.scheme', bearer('x', 'Bearer\r\nX: y')],
  ['authentication.scheme', bearer('x', 'Be arer')],
  ['authentication.credentials', bearer('a\r\nHost: evil')],
  ['authentication.credentials', bearer('a\0b')],
  ['authentication.credentials', bearer('schlüssel')],
  ['authentication.credentials', bearer('a'.repeat(8_192))],
  ['authentication.credentials', bearer('a'.repeat(1_000_000))],
];

/** The fields that an answer refuses, with what it says about them. */
function violationsOf({ body }: WireAnswer): any[] {
  const { data, details } = body.error;
  return (data ?? details)[0].fieldViolations;
}

/** A port of this machine that counts who connects. */
async function countConnections(host: string, port: number) {
  const server: Server = createServer((socket) => socket.destroy());
  let connections = 0;
  server.on('connection', () => (connections += 1));
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    count: () => connections,
    close: () => server.close(),
  };
}

/** An address of this machine that no other run of the tests listens at: the port cannot be chosen. */
const ownAddress = (number: number) => `127.77.${process.pid % 256}.${number}`;

describe('the target of a webhook', () => {
  let agent: TestAgent;
  let taskId: string;

  beforeAll(async () => {
    agent = await startAgent({ options: { push: {} } });
    const answer = await jsonRpc.call(
      agent.url,
      'SendMessage',
      sendParams('hi'),
    );
    taskId = jsonRpc.result(answer).task.id;
  });
  afterAll(() => agent.close());

  describe.each(BINDINGS)('over $name', (binding) => {
    const refusals = async (config: object) => {
      const configuration = { taskPushNotificationConfig: config };
      const params = sendParams('hi', { configuration });
      const { url } = agent;
      return [
        await binding.call(url, CREATE, { taskId, ...config }),
        await binding.call(url, 'SendMessage', params),
        await binding.call(url, 'SendStreamingMessage', params),
      ];
    };
    const inline = 'configuration.taskPushNotificationConfig';
    /** Which fields are refused: on their own, and inline in both sends. */
    const expectRefusals = async (config: object, field: string) => {
      const answers = await refusals(config);
      const named = answers.map((answer) => violationsOf(answer)[0].field);
      expect([config, ...named]).toEqual([
        config,
        field,
        `${inline}.${field}`,
        `${inline}.${field}`,
      ]);
      return answers;
    };

    it('is refused at registration where the host is local, private or reserved, in any spelling (S1, S2, S3, S4, S5, S6, S7; A2A §13.2)', async () => {
      for (const host of FORBIDDEN_HOSTS) {
        const url = `https://${host}/`;
        const answers = await expectRefusals({ url }, 'url');
        for (const answer of answers) {
          const [{ description }] = violationsOf(answer);
          expect(description).toBe('The host is not allowed');
          expect(JSON.stringify(answer.body)).not.toContain(host);
        }
      }
    });

    it('is refused at registration where it is not plainly https to a public host (S16, S17, S18)', async () => {
      for (const url of FORBIDDEN_URLS) await expectRefusals({ url }, 'url');
    });

    it('is refused with a token or credentials that no header may have (S19)', async () => {
      for (const [field, config] of FORBIDDEN_HEADERS) {
        await expectRefusals({ url: GOOD, ...config }, field);
      }
    });

    it.each([
      ['HTTPS://Hooks.EXAMPLE.com:443/x/../a', GOOD],
      ['https://hooks.example.com./a', GOOD],
      // A letter of another alphabet that looks the same.
      [
        'https://h\u043e\u043eks.example.com/a',
        'https://xn--hks-seda.example.com/a',
      ],
      ['https://xn--hks-seda.example.com/a', undefined],
    ])(
      'is stored and shown in its canonical form: %s (S24)',
      async (url, canonical = url) => {
        const config = { taskId, id: binding.name, url };
        const answer = await binding.call(agent.url, CREATE, config);
        expect(binding.result(answer).url).toBe(canonical);
        const shown = await binding.call(agent.url, GET, config);
        expect(binding.result(shown).url).toBe(canonical);
      },
    );

    it('is refused where its name is longer than names are (S24)', async () => {
      const label = 'a'.repeat(255);
      await expectRefusals({ url: `https://${label}.example.com/` }, 'url');
    });
  });

  it('left nothing behind where it was refused', async () => {
    const answer = await jsonRpc.call(agent.url, LIST, { taskId });
    const ids = jsonRpc.result(answer).configs.map(({ id }: any) => id);
    expect(ids.sort()).toEqual(BINDINGS.map(({ name }) => name).sort());
    const tasks = await jsonRpc.call(agent.url, 'ListTasks', {});
    expect(jsonRpc.result(tasks).totalSize).toBe(1);
  });
});

describe('a webhook whose name leads into the private network', () => {
  let app: NestApplication;

  /** An agent that asks the test in place of DNS. */
  const start = async (
    resolve: (hostname: string) => { address: string; family: number }[],
    push: Partial<PushOptions> = {},
  ) => {
    const module = await Test.createTestingModule({
      imports: [A2AModule.forRoot(onTestStore({ agentCard: CARD, push }))],
      providers: [ScriptedWorker],
    })
      .overrideProvider(WEBHOOK_NETWORK)
      .useValue({ resolve: async (hostname: string) => resolve(hostname) })
      .overrideProvider(A2A_CLOCK)
      .useValue(new LeapClock())
      .compile();
    const logger = new LogCollector();
    app = module.createNestApplication<NestApplication>(new ExpressAdapter(), {
      logger,
    });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}`,
      logs: logger,
      recorder: new DeliveryRecorder(app),
      clock: app.get<LeapClock>(A2A_CLOCK),
    };
  };
  const send = async (url: string, webhook: string) => {
    const taskPushNotificationConfig = { id: 'a', url: webhook };
    const configuration = { taskPushNotificationConfig };
    const params = sendParams('hi', { configuration });
    const answer = await jsonRpc.call(url, 'SendMessage', params);
    return jsonRpc.result(answer).task.id as string;
  };

  afterEach(() => app.close());

  it.each([
    ['https', {}],
    ['http', { allowHttp: true }],
  ])(
    'is accepted, because nobody asks the resolver, and refused at every attempt (S8, %s)',
    async (scheme, push) => {
      const host = ownAddress(1);
      const listener = await countConnections(host, 8_443);
      const asked: string[] = [];
      const resolve = (hostname: string) => {
        asked.push(hostname);
        return [{ address: host, family: 4 }];
      };
      const { url, recorder, clock, logs } = await start(resolve, push);
      const webhook = `${scheme}://hooks.example.com:8443/hook-secret`;
      const taskId = await send(url, webhook);
      for (const count of [1, 2, 3]) {
        const attempt = await recorder.nth(count);
        expect(attempt).toMatchObject({
          outcome: 'failed',
          error: 'address-not-allowed',
        });
        expect(attempt.nextAt! - attempt.at).toBeGreaterThanOrEqual(4 * 60_000);
        await clock.leapTo(attempt.nextAt!);
      }
      await recorder.waitFor(4);
      const query = { taskId, limit: 9 };
      const attempts = await app.get(PushNotificationService).attempts(query);
      expect(attempts).toEqual([...recorder.attempts].reverse());
      expect(asked).toEqual(Array(4).fill('hooks.example.com'));
      const line = await logs.find(/^warn .*address-not-allowed/);
      expect(line).toContain(`Webhook a of task ${taskId}`);
      const said = JSON.stringify([attempts, logs.lines]);
      for (const secret of ['hooks.example.com', 'hook-secret', host]) {
        expect(said).not.toContain(secret);
      }
      listener.close();
      expect(listener.count()).toBe(0);
    },
  );

  it('is refused also where it led elsewhere when the last event went there (S9)', async () => {
    const [open, forbidden] = [ownAddress(3), ownAddress(4)];
    const sink = await WebhookSink.open(open, 8_443);
    const listener = await countConnections(forbidden, 8_443);
    // Each request asks for the address anew.
    sink.answerNext(answerWith(200, { connection: 'close' }));
    const answers = [open];
    const { url, recorder } = await start(
      () => [{ address: answers.pop() ?? forbidden, family: 4 }],
      { allowHttp: true, allow: [open] },
    );
    await send(url, 'http://hooks.example.com:8443/');
    expect(await recorder.nth(1)).toMatchObject({ outcome: 'delivered' });
    expect(await recorder.nth(2)).toMatchObject({
      outcome: 'failed',
      attempt: 1,
      error: 'address-not-allowed',
    });
    await sink.close();
    listener.close();
    expect([sink.connections, listener.count()]).toEqual([1, 0]);
  });

  it('is not reached either where only one of its addresses is private (S11)', async () => {
    const listener = await countConnections(ownAddress(2), 8_443);
    const { url, recorder } = await start(() => [
      { address: '203.0.114.1', family: 4 },
      { address: ownAddress(2), family: 4 },
    ]);
    await send(url, 'https://hooks.example.com:8443/');
    expect(await recorder.nth(1)).toMatchObject({
      error: 'address-not-allowed',
    });
    listener.close();
    expect(listener.count()).toBe(0);
  });
});

describe('the operator', () => {
  it('is warned of each switch that opens something, and of nothing else', async () => {
    for (const [push, warnings] of [
      [{}, []],
      [{ allowHttp: true }, [/^warn push.allowHttp is on/]],
      [
        { allowPrivateNetworks: true },
        [/^warn push.allowPrivateNetworks is on/],
      ],
      [LOCAL_PUSH, [/allowHttp/, /allowPrivateNetworks/]],
    ] as const) {
      const logs = new LogCollector();
      const agent = await startAgent({
        options: { push },
        before: (app) => app.useLogger(logs),
      });
      await agent.close();
      expect(logs.troubles).toEqual(
        warnings.map((warning) => expect.stringMatching(warning)),
      );
    }
  });

  it('decides which hosts are never called, also local ones', async () => {
    const lab = await PushLab.start({ push: { deny: ['127.0.0.1'] } });
    const { agent } = lab;
    const params = { taskId: await lab.send('hi'), url: 'http://127.0.0.1:9/' };
    const answer = await jsonRpc.call(agent.url, CREATE, params);
    expect(violationsOf(answer)[0].field).toBe('url');
    await lab.close();
  });
});
