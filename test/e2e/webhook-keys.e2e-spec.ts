import { Controller, Get, RequestMethod } from '@nestjs/common';
import { A2AModule, getWorkerToken } from '@nest-a2a/server';
import { type AgentCard, webhookKeysUrlOf } from '@nest-a2a/protocol';
import { VERSION } from '../support/a2a-http.js';
import { sendRaw } from '../support/raw-http.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import {
  CARD,
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';
import { startHost } from '../support/test-host.js';
import { onTestStore } from '../support/test-runtime.js';

const PATH = '/.well-known/a2a-webhook-keys.json';
const CARD_PATH = '/.well-known/agent-card.json';

@Controller('.well-known')
class Wanting {
  @Get('a2a-webhook-keys.json')
  keys() {
    return {};
  }
}

describe.each(PLATFORMS)('the keys of webhooks on %s', (platform) => {
  let agent: TestAgent;

  async function start(options: TestAgentOptions = {}): Promise<void> {
    agent = await startAgent({ platform, ...options });
  }

  const get = (path: string, headers: Record<string, string> = {}) =>
    sendRaw(agent.url, { method: 'GET', path, headers });

  /** Where the card says that they are, on this server. */
  async function keysNamedBy(cardPath: string, version = VERSION) {
    const card = JSON.parse((await get(cardPath, version)).text) as AgentCard;
    const url = webhookKeysUrlOf(card);
    return url === undefined ? undefined : get(new URL(url).pathname);
  }

  afterEach(() => agent.close());

  it('are where the card says, for callers of each version', async () => {
    await start();
    for (const version of [VERSION, {} as typeof VERSION]) {
      const answer = await keysNamedBy(CARD_PATH, version);
      expect(answer?.status).toBe(200);
      expect(answer?.headers['content-type']).toMatch(
        /^application\/jwk-set\+json/,
      );
      expect(JSON.parse(answer!.text).keys).toHaveLength(1);
    }
    expect(JSON.parse((await get(PATH)).text).keys[0]).not.toHaveProperty('d');
  });

  it('may be kept for minutes, and asked for again at no cost', async () => {
    await start();
    const { headers } = await get(PATH);
    expect(headers['cache-control']).toBe('public, max-age=300');
    const again = await get(PATH, { 'If-None-Match': String(headers.etag) });
    expect([again.status, again.text]).toEqual([304, '']);
    const other = await get(PATH, { 'If-None-Match': '"other"' });
    expect(other.status).toBe(200);
  });

  it('are found under a prefix and beside another agent, without credentials', async () => {
    await start({
      options: { guards: [{ canActivate: () => false }] },
      imports: [
        A2AModule.forFeature({
          agent: 'billing',
          path: 'billing',
          agentCard: { ...CARD, name: 'Billing' },
        }),
      ],
      providers: [
        ScriptedWorker,
        { provide: getWorkerToken('billing'), useValue: { handle() {} } },
      ],
      before: (app) =>
        void app.setGlobalPrefix('api', {
          exclude: [{ path: 'health', method: RequestMethod.GET }],
        }),
    });
    const own = await keysNamedBy(CARD_PATH);
    const billing = await keysNamedBy(`/api/billing${CARD_PATH}`);
    expect([own?.status, billing?.status]).toEqual([200, 200]);
    expect(billing?.text).toBe(own?.text);
    expect((await get(`/api/billing${PATH}`)).status).toBe(200);
  });

  it('are not there for an agent that sends no webhooks', async () => {
    const agentCard = { ...CARD, capabilities: { pushNotifications: false } };
    await start({ options: { agentCard } });
    expect(await keysNamedBy(CARD_PATH)).toBeUndefined();
    expect((await get(PATH)).status).toBe(404);
  });

  it('are named beside the extensions of the application, also on the extended card', async () => {
    const uri = 'https://example.com/ext/timing/v1';
    await start({
      options: {
        agentCard: {
          ...CARD,
          capabilities: { ...CARD.capabilities, extensions: [{ uri }] },
        },
        extendedAgentCard: { description: 'More.' },
        publicExtendedAgentCard: true,
      },
    });
    for (const path of [CARD_PATH, '/extendedAgentCard']) {
      const { text } = await get(path, VERSION);
      const { capabilities } = JSON.parse(text) as AgentCard;
      expect(capabilities.extensions?.map((one) => one.uri)).toEqual([
        uri,
        'urn:nest-a2a:idempotent-send:v1',
        'urn:nest-a2a:webhook-keys:v1',
      ]);
    }
  });
});

describe('an application with a route in the place of the keys', () => {
  it('does not start', async () => {
    const options = onTestStore({ agentCard: CARD });
    const starting = startHost({
      imports: [A2AModule.forRoot(options)],
      controllers: [Wanting],
      providers: [ScriptedWorker],
    });
    await expect(starting).rejects.toMatchObject({ code: 'ROUTE_CONFLICT' });
  });
});
