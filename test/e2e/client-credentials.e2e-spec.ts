import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { A2AClient, apiKey, bearer, type Credentials } from '@nest-a2a/client';
import { grpc } from '@nest-a2a/client/grpc';
import { GRPC_AGENT } from '../support/grpc-client.js';
import { ScriptedWorker } from '../support/scripted-worker.js';
import { CARD, startAgent, type TestAgent } from '../support/test-agent.js';

const CASES = (['JSONRPC', 'HTTP+JSON', 'GRPC'] as const).flatMap((binding) =>
  (['1.0', '0.3'] as const).map((version) => [binding, version] as const),
);

/** What the agent takes at the moment, and what it was shown. */
const wanted = { token: '', shown: [] as unknown[] };

/** Anybody may read the card; a call needs a key and the token of the hour. */
@Injectable()
class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers, url } = context.switchToHttp().getRequest();
    if (url?.endsWith('.json')) {
      return true;
    }
    const { authorization, 'x-key': key } = headers;
    wanted.shown.push([authorization, key]);
    if (authorization !== `Bearer ${wanted.token}` || key !== 'k-1') {
      throw new UnauthorizedException();
    }
    return true;
  }
}

describe.each(CASES)('credentials over %s, A2A %s', (binding, version) => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent({
      providers: [ScriptedWorker, { provide: APP_GUARD, useClass: TokenGuard }],
      options: {
        ...GRPC_AGENT,
        agentCard: {
          ...CARD,
          securitySchemes: {
            key: {
              apiKeySecurityScheme: { location: 'header', name: 'X-Key' },
            },
            token: { httpAuthSecurityScheme: { scheme: 'Bearer' } },
          },
          securityRequirements: [
            { schemes: { key: { list: [] }, token: { list: [] } } },
          ],
        },
      },
    });
    agent.worker.on('hello', (context) => context.complete('Hello.'));
  });

  afterAll(() => agent.close());

  async function withClient<T>(
    credentials: Credentials,
    use: (client: A2AClient) => Promise<T>,
  ): Promise<T> {
    wanted.shown = [];
    const client = await A2AClient.connect(agent.url, {
      credentials,
      binding,
      versions: [version],
      ...(binding === 'GRPC' && { bindings: [grpc()] }),
    });
    try {
      return await use(client);
    } finally {
      await client.close();
    }
  }

  it('are those that the card asks for', async () => {
    wanted.token = 'one';
    const credentials = [apiKey('k-1'), bearer('one')];
    const result = await withClient(credentials, (client) =>
      client.send('hello'),
    );
    expect(result.text).toBe('Hello.');
    expect(wanted.shown).toEqual([['Bearer one', 'k-1']]);
  });

  it('are fresh ones where the agent refuses the old, of streams too', async () => {
    wanted.token = 'two';
    const kept = { token: 'one' };
    const token = ({ isRefused }: { isRefused: boolean }) => {
      if (isRefused) kept.token = wanted.token;
      return kept.token;
    };
    const credentials = [apiKey('k-1'), bearer(token)];
    await withClient(credentials, async (client) => {
      expect((await client.send('hello')).text).toBe('Hello.');
      wanted.token = 'three';
      const texts: string[] = [];
      for await (const text of client.streamText('hello')) texts.push(text);
      expect(texts.join('')).toBe('Hello.');
    });
    expect(wanted.shown.map((shown) => (shown as string[])[0])).toEqual([
      'Bearer one',
      'Bearer two',
      'Bearer two',
      'Bearer three',
    ]);
  });

  it('that are refused for good are an error that says so', async () => {
    const credentials = [apiKey('k-2'), bearer(wanted.token)];
    await expect(
      withClient(credentials, (client) => client.send('hello')),
    ).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(wanted.shown).toHaveLength(1);
  });

  it('that the client does not have are missed before anything is sent', async () => {
    await expect(
      withClient([bearer('three')], (client) => client.send('hello')),
    ).rejects.toMatchObject({
      code: 'no-credentials',
      message: expect.stringContaining('"key" with "token"'),
    });
    expect(wanted.shown).toEqual([]);
  });
});
