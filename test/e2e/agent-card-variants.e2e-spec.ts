import { parseAgentCard } from '@nest-a2a/protocol';
import { fromV03Card, toV03Card } from '@nest-a2a/protocol/v0.3';
import { VERSION } from '../support/a2a-http.js';
import { sendRaw } from '../support/raw-http.js';
import {
  CARD,
  PLATFORMS,
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from '../support/test-agent.js';

const CARD_PATH = '/.well-known/agent-card.json';

/** An agent with something that each version says in its own way. */
const SECURED = {
  ...CARD,
  securitySchemes: {
    bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } },
  },
  securityRequirements: [{ schemes: { bearer: { list: [] } } }],
};

describe.each(PLATFORMS)(
  'the agent card for each version on %s',
  (platform) => {
    let agent: TestAgent;

    async function start(
      options: TestAgentOptions['options'] = {},
      before?: TestAgentOptions['before'],
    ): Promise<void> {
      agent = await startAgent({
        platform,
        options: { agentCard: SECURED, ...options },
        ...(before && { before }),
      });
    }

    async function get(headers: Record<string, string> = {}) {
      const request = { method: 'GET', path: CARD_PATH, headers };
      const answer = await sendRaw(agent.url, request);
      const card = answer.status === 200 ? JSON.parse(answer.text) : undefined;
      return { ...answer, card };
    }

    afterEach(() => agent.close());

    it('is one that both versions read for callers who do not say what they speak', async () => {
      await start();
      const { card } = await get();
      const pure = (await get(VERSION)).card;
      expect(card).toEqual({ ...pure, ...toV03Card(pure) });
      expect(card).toMatchObject({
        protocolVersion: '0.3.0',
        url: pure.supportedInterfaces[0].url,
        preferredTransport: 'JSONRPC',
        security: [{ bearer: [] }],
        securitySchemes: { bearer: { type: 'http', scheme: 'Bearer' } },
        supportsAuthenticatedExtendedCard: false,
      });
      expect(parseAgentCard(card).supportedInterfaces).toEqual(
        pure.supportedInterfaces,
      );
      const { supportedInterfaces: _, ...old } = card;
      const read = parseAgentCard(fromV03Card(old));
      expect(read.supportedInterfaces).toEqual(
        pure.supportedInterfaces.filter(
          ({ protocolVersion }: any) => protocolVersion === '0.3',
        ),
      );
    });

    it.each(['0.3', '0.3.0', '', '9.9', 'x'])(
      'is that one for A2A-Version: %s',
      async (version) => {
        await start();
        const { card } = await get({ 'A2A-Version': version });
        expect(card.protocolVersion).toBe('0.3.0');
      },
    );

    it.each(['1.0', '1.0.1', ' 1.0 '])(
      'is that of 1.0 alone for A2A-Version: %s',
      async (version) => {
        await start();
        const { card } = await get({ 'A2A-Version': version });
        expect(parseAgentCard(card)).toEqual(card);
      },
    );

    it('tells caches what it depends on, with a validator for each form (RFC 9110 §12.5.5)', async () => {
      await start();
      const [both, pure] = [await get(), await get(VERSION)];
      for (const { headers } of [both, pure]) {
        expect(headers.vary).toBe('A2A-Version');
      }
      expect(both.headers.etag).not.toBe(pure.headers.etag);
      const ifNoneMatch = { 'If-None-Match': String(pure.headers.etag) };
      expect((await get({ ...VERSION, ...ifNoneMatch })).status).toBe(304);
      const other = await get(ifNoneMatch);
      expect(other).toMatchObject({ status: 200, text: both.text });
      const again = await get({ ...VERSION, ...ifNoneMatch });
      expect(again.headers).toMatchObject({
        vary: 'A2A-Version',
        etag: pure.headers.etag,
      });
    });

    it('keeps what the application says that its answers depend on', async () => {
      await start({ trustProxy: true }, (app) =>
        app.enableCors({ origin: ['https://ui.example'] }),
      );
      const { headers } = await get({ Origin: 'https://ui.example' });
      expect(headers.vary).toBe(
        'Origin, A2A-Version, X-Forwarded-Host, X-Forwarded-Proto',
      );
    });

    it('has one form where the agent does not speak 0.3', async () => {
      await start({ versions: ['1.0'] });
      const [plain, pure] = [await get(), await get(VERSION)];
      expect(plain.text).toBe(pure.text);
      expect(plain.headers.vary).toBeUndefined();
      expect(parseAgentCard(plain.card)).toEqual(plain.card);
      const versions = plain.card.supportedInterfaces.map(
        (one: any) => one.protocolVersion,
      );
      expect(versions).toEqual(['1.0', '1.0']);
    });

    it('names the version first that the application prefers', async () => {
      await start({ versions: ['0.3', '1.0'], bindings: ['HTTP+JSON'] });
      const { card } = await get(VERSION);
      expect(
        card.supportedInterfaces.map((one: any) => one.protocolVersion),
      ).toEqual(['0.3', '1.0']);
    });
  },
);
