import { RequestMethod } from '@nestjs/common';
import { type NestApplication } from '@nestjs/core';
import { A2AModule, getWorkerToken } from '@nest-a2a/server';
import { parseAgentCard } from '@nest-a2a/protocol';
import { jsonRpc, sendParams, VERSION } from '../support/a2a-http.js';
import { type RawRequest, sendRaw } from '../support/raw-http.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import {
  CARD,
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

const CARD_PATH = '/.well-known/agent-card.json';

/** A second agent, at /billing. */
const BILLING: TestAgentOptions = {
  imports: [
    A2AModule.forFeature({
      agent: 'billing',
      path: 'billing',
      agentCard: { ...CARD, name: 'Billing' },
      bindings: ['HTTP+JSON'],
    }),
  ],
  providers: [
    ScriptedWorker,
    { provide: getWorkerToken('billing'), useValue: { handle() {} } },
  ],
};

describe.each(PLATFORMS)('the agent card on %s', (platform) => {
  let agent: TestAgent;

  async function start(options: TestAgentOptions = {}): Promise<void> {
    agent = await startAgent({ platform, ...options });
  }

  async function get(path: string, headers: RawRequest['headers'] = {}) {
    const answer = await sendRaw(agent.url, { method: 'GET', path, headers });
    const card = answer.status === 200 ? JSON.parse(answer.text) : undefined;
    return { ...answer, card };
  }

  const port = () => new URL(agent.url).port;

  afterEach(() => agent.close());

  it('says where the agent is and what it can do (A2A §4.4.1, §8.2)', async () => {
    await start();
    const { status, headers, card } = await get(CARD_PATH, VERSION);
    const url = `http://localhost:${port()}`;
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json\b/);
    expect(card).toEqual({
      name: 'Test Agent',
      description: 'Does what tests say.',
      version: '1.0.0',
      capabilities: {
        streaming: true,
        pushNotifications: true,
        extensions: [
          {
            uri: 'urn:nest-a2a:idempotent-send:v1',
            description: expect.any(String),
          },
          {
            uri: 'urn:nest-a2a:webhook-keys:v1',
            description: expect.any(String),
            params: { jwksUrl: `${url}/.well-known/a2a-webhook-keys.json` },
          },
        ],
      },
      defaultInputModes: ['text/plain', 'application/json'],
      defaultOutputModes: ['text/plain', 'application/json'],
      skills: [
        {
          id: 'test-agent',
          name: 'Test Agent',
          description: 'Does what tests say.',
          tags: ['test-agent'],
        },
      ],
      supportedInterfaces: [
        { url, protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
        { url, protocolBinding: 'HTTP+JSON', protocolVersion: '1.0' },
        { url, protocolBinding: 'JSONRPC', protocolVersion: '0.3' },
        { url, protocolBinding: 'HTTP+JSON', protocolVersion: '0.3' },
      ],
    });
    expect(() => parseAgentCard(card)).not.toThrow();
  });

  it('names URLs under which the agent really answers', async () => {
    await start({ options: { path: 'agents/test' } });
    const { card } = await get(CARD_PATH);
    for (const { url, protocolBinding } of card.supportedInterfaces.slice(
      0,
      2,
    )) {
      const isRpc = protocolBinding === 'JSONRPC';
      const path = `${new URL(url).pathname}${isRpc ? '' : '/message:send'}`;
      const params = sendParams('hi');
      const request = { jsonrpc: '2.0', id: 7, method: 'SendMessage', params };
      const answer = await sendRaw(url, {
        path,
        headers: { 'A2A-Version': '1.0' },
        body: JSON.stringify(isRpc ? request : params),
      });
      expect(answer.text).toContain('echo: hi');
    }
  });

  it('needs neither version nor credentials nor an Accept header', async () => {
    await start({
      options: { guards: [{ canActivate: () => false }] },
      before: (app) => void app.useGlobalGuards({ canActivate: () => false }),
    });
    const { card } = await get(CARD_PATH, { Accept: 'text/html' });
    expect(card.name).toBe('Test Agent');
    const refused = await jsonRpc.call(agent.url, 'ListTasks', {});
    expect(refused.status).toBe(403);
  });

  it('may be kept, and asked for again at no cost (RFC 9110 §13.1.2)', async () => {
    await start();
    const first = await get(CARD_PATH);
    const etag = String(first.headers.etag);
    expect(etag).toMatch(/^"[\w-]{20,}"$/);
    expect(first.headers['cache-control']).toBe('public, max-age=300');
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get(CARD_PATH, { 'If-None-Match': known });
      expect(again).toMatchObject({ status: 304, text: '' });
      expect(again.headers).toMatchObject({
        etag,
        'cache-control': 'public, max-age=300',
      });
    }
    for (const other of ['"other"', etag.slice(0, -2), '', 'nonsense']) {
      const again = await get(CARD_PATH, { 'If-None-Match': other });
      expect(again.text).toBe(first.text);
    }
  });

  it('answers HEAD with the headers of GET', async () => {
    await start();
    const { headers } = await get(CARD_PATH);
    const head = await sendRaw(agent.url, { method: 'HEAD', path: CARD_PATH });
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers.etag).toBe(headers.etag);
  });

  it('is on the domain root whatever the prefix, and where the routes are (A2A §8.2)', async () => {
    await start({
      ...BILLING,
      before: (app) => void app.setGlobalPrefix('api/v1'),
    });
    const base = `http://localhost:${port()}/api/v1`;
    for (const path of [CARD_PATH, `/api/v1${CARD_PATH}`]) {
      const { card } = await get(path);
      expect(card.supportedInterfaces[0].url).toBe(base);
    }
    for (const path of ['/billing', '/api/v1/billing']) {
      const { card } = await get(path + CARD_PATH);
      expect(card.name).toBe('Billing');
      expect(card.supportedInterfaces).toEqual(
        ['1.0', '0.3'].map((protocolVersion) => ({
          url: `${base}/billing`,
          protocolBinding: 'HTTP+JSON',
          protocolVersion,
        })),
      );
    }
  });

  it('knows which agents the prefix leaves out', async () => {
    await start({
      options: { path: 'a2a' },
      before: (app) =>
        void app.setGlobalPrefix('api', {
          exclude: [
            { path: 'a2a', method: RequestMethod.ALL },
            { path: 'a2a/*path', method: RequestMethod.ALL },
          ],
        }),
    });
    const { card } = await get(CARD_PATH);
    const [{ url }] = card.supportedInterfaces;
    expect(url).toBe(`http://localhost:${port()}/a2a`);
    const answer = await jsonRpc.call(`${agent.url}/a2a`, 'ListTasks', {});
    expect(answer.body.result.tasks).toEqual([]);
  });

  it('is not at paths of others', async () => {
    await start(BILLING);
    for (const path of ['/other', '/billing/tasks', '/api']) {
      expect((await get(path + CARD_PATH)).status).toBe(404);
    }
  });

  it('takes no URL from the caller', async () => {
    await start();
    const { card } = await get(CARD_PATH, {
      Host: 'evil.example',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'https',
      Forwarded: 'host=evil.example',
    });
    const [{ url }] = card.supportedInterfaces;
    expect(url).toBe(`http://localhost:${port()}`);
  });

  it.each([
    ['https://agents.example.com', 'https://agents.example.com'],
    ['https://agents.example.com/', 'https://agents.example.com'],
    ['https://example.com:8443/team/', 'https://example.com:8443/team'],
  ])('has the public URL %s', async (publicUrl, url) => {
    await start({
      ...BILLING,
      options: { publicUrl, trustProxy: true },
      before: (app) => void app.setGlobalPrefix('api'),
    });
    const forwarded = { 'X-Forwarded-Host': 'other.example' };
    const first = await get(CARD_PATH, forwarded);
    expect(first.card.supportedInterfaces[0].url).toBe(`${url}/api`);
    const second = await get(`/billing${CARD_PATH}`, forwarded);
    expect(second.card.supportedInterfaces[0].url).toBe(`${url}/api/billing`);
  });

  it.each([
    [{ 'X-Forwarded-Host': 'a.example' }, 'https://a.example'],
    [
      { 'X-Forwarded-Host': 'a.example:81', 'X-Forwarded-Proto': 'http' },
      'http://a.example:81',
    ],
    [
      {
        'X-Forwarded-Host': 'a.example, inner.example',
        'X-Forwarded-Proto': 'https, http',
      },
      'https://a.example',
    ],
    [{ 'X-Forwarded-Host': 'user:pw@a.example/x?y#z' }, 'https://a.example'],
    [{}, undefined],
    [{ 'X-Forwarded-Proto': 'https' }, undefined],
    [{ 'X-Forwarded-Host': '' }, undefined],
    [{ 'X-Forwarded-Host': ':::' }, undefined],
    [
      { 'X-Forwarded-Host': 'a.example', 'X-Forwarded-Proto': 'javascript' },
      undefined,
    ],
  ])('believes a trusted proxy: %j', async (headers, expected) => {
    await start({ options: { trustProxy: true } });
    const { card } = await get(CARD_PATH, { ...headers, Host: 'evil.example' });
    const [{ url }] = card.supportedInterfaces;
    expect(url).toBe(expected ?? `http://localhost:${port()}`);
  });

  it('passes the CORS rules of the application on', async () => {
    await start({ before: (app) => void app.enableCors() });
    const { headers } = await get(CARD_PATH, { Origin: 'https://ui.example' });
    expect(headers['access-control-allow-origin']).toBe('*');
  });

  it('names the address where the server listens on one alone', async () => {
    await start({ before: (app) => listenOn(app, '127.0.0.9') });
    const url = `http://127.0.0.9:${port()}`;
    const answer = await sendRaw(url, { method: 'GET', path: CARD_PATH });
    const card = JSON.parse(answer.text);
    expect(card.supportedInterfaces[0].url).toBe(url);
  });
});

/** Has the application listen on another address than the test asks for. */
function listenOn(app: NestApplication, address: string): void {
  const listen = app.listen.bind(app);
  app.listen = ((port: number) => listen(port, address)) as typeof app.listen;
}
