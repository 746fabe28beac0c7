import { SendMessageRequest } from '@a2a-js/sdk';
import {
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from '@a2a-js/sdk/client';
import { WebhookSink } from '@nest-a2a/testing';
import { say } from './calls.js';
import { type InteropAgent } from './interop-agent.js';
import { type InteropClient } from './interop-client.js';
import { startOurExecutor, startOurs } from './our-agent.js';
import { connectOurs } from './our-client.js';
import { SCENARIOS } from './scenarios.js';
import { startSdk } from './sdk-agent.js';
import { connectSdk } from './sdk-client.js';

const DIALECTS = (['1.0', '0.3'] as const).flatMap((version) =>
  (['JSONRPC', 'HTTP+JSON', 'GRPC'] as const).map((binding) => ({
    binding,
    version,
  })),
);

const DIRECTIONS = [
  {
    direction: 'the client of the SDK against our server',
    sdk: 'client' as const,
    connect: connectSdk,
    start: startOurs,
  },
  {
    direction: 'the client of the SDK against its executor in our server',
    sdk: 'client' as const,
    connect: connectSdk,
    start: startOurExecutor,
  },
  {
    direction: 'our client against the server of the SDK',
    sdk: 'server' as const,
    connect: connectOurs,
    start: startSdk,
  },
];

const ROWS = DIRECTIONS.flatMap((direction) =>
  DIALECTS.map((dialect) => ({ ...direction, ...dialect })),
);

// The SDK tells the console what it does.
for (const level of ['info', 'warn', 'error'] as const) {
  jest.spyOn(console, level).mockImplementation(() => undefined);
}

describe.each(ROWS)(
  '$direction, $version over $binding',
  ({ connect, start, ...circumstances }) => {
    let agent: InteropAgent;
    let client: InteropClient;
    let sink: WebhookSink;

    beforeEach(async () => {
      sink = await WebhookSink.open();
      agent = await start();
      client = await connect(agent.url, circumstances);
    });

    afterEach(async () => {
      await client.close();
      agent.openGate();
      await agent.close();
      await sink.close();
    });

    const possible = SCENARIOS.filter(({ where = () => true }) =>
      where(circumstances),
    );

    it.each(possible)('$name', async ({ run, expected }) => {
      const sides = { client, agent, sink, ...circumstances };
      expect(await run(sides)).toEqual(expected);
    });
  },
);

describe('the client of the SDK that has nothing but our URL', () => {
  it.each([
    ['alone', {}],
    ['also 0.3', { legacyCompat: { enabled: true } }],
  ])(
    'takes the first interface of the card: it speaks 1.0 %s',
    async (_what, options) => {
      const agent = await startOurs();
      try {
        const factory = new ClientFactory({
          transports: [
            new JsonRpcTransportFactory(options),
            new RestTransportFactory(options),
          ],
          cardResolver: new DefaultAgentCardResolver(options),
        });
        const client = await factory.createFromUrl(agent.url);
        expect(client.protocolVersion).toBe('1.0');
        expect(client.transport.protocolName).toBe('JSONRPC');
        const sent = await client.sendMessage(
          SendMessageRequest.fromJSON(say('mirror: hi')),
        );
        expect(sent).toMatchObject({ artifacts: [{ parts: [{}] }] });
      } finally {
        await agent.close();
      }
    },
  );
});
