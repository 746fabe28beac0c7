import { grpcClient, type GrpcClientOptions } from '../../test/grpc-client.js';
import { collect, failureOf, taskIn } from '../../test/scripted-agent.js';
import { ScriptedGrpcAgent } from '../../test/scripted-grpc-agent.js';
import { TokenServer } from '../../test/token-server.js';
import { type A2AClient } from '../a2a-client.js';
import { apiKey } from './api-key.js';
import { bearer } from './bearer.js';
import { oauth2ClientCredentials } from './oauth2-client-credentials.js';

const UNAUTHENTICATED = 16;

let agent: ScriptedGrpcAgent;
let clients: A2AClient[];

beforeEach(async () => {
  agent = await ScriptedGrpcAgent.start();
  agent.script = (call) => call.answer(taskIn('COMPLETED'));
  clients = [];
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await agent.allClosed();
  await agent.close();
});

async function connect(options: GrpcClientOptions): Promise<A2AClient> {
  const client = await grpcClient(agent.address, {
    credentialOrigins: [`http://${agent.address}`],
    ...options,
  });
  clients.push(client);
  return client;
}

/** A card that wants one scheme. */
function wanting(scheme: object): object {
  return {
    securitySchemes: { one: scheme },
    securityRequirements: [{ schemes: { one: { list: [] } } }],
  };
}

const shown = (name = 'authorization') =>
  agent.calls.map(({ metadata }) => metadata.get(name)[0]);

describe('credentials over gRPC (A2A §10.3)', () => {
  it('are metadata', async () => {
    const client = await connect({ auth: [bearer('t-1')] });
    await client.getTask('t1');
    expect(shown()).toEqual(['Bearer t-1']);
  });

  it('are API keys under the name that the card gives them', async () => {
    const header = { location: 'header', name: 'X-Api-Key' };
    const client = await connect({
      auth: [apiKey('k-1')],
      card: wanting({ apiKeySecurityScheme: header }),
    });
    await client.getTask('t1');
    expect(shown('x-api-key')).toEqual(['k-1']);
  });

  it.each([
    ['query', 'key'],
    ['cookie', 'key'],
    ['header', 'key-bin'],
    ['header', 'grpc-timeout'],
    ['header', 'a!b'],
  ])('cannot be API keys in a %s named %s', async (location, name) => {
    const client = await connect({
      auth: [apiKey('k-1')],
      card: wanting({ apiKeySecurityScheme: { location, name } }),
    });
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'no-credentials',
      message: expect.stringContaining('gRPC'),
    });
    expect(agent.connections).toBe(0);
  });

  it('are sent to no host that only the card names', async () => {
    const auth = [bearer('t-1')];
    const client = await connect({ auth, credentialOrigins: [] });
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'not-allowed',
    });
    expect(agent.connections).toBe(0);
  });

  it('are fetched anew where the agent refuses them, of streams too', async () => {
    const tokens = await TokenServer.start();
    const taken = ['Bearer token-2'];
    agent.script = (call) => {
      const [token] = call.metadata.get('authorization');
      if (taken.includes(String(token))) {
        call.answer({ task: taskIn('COMPLETED') });
      } else {
        call.fail({ code: UNAUTHENTICATED, message: 'Who is there?' });
      }
    };
    const client = await connect({
      auth: [
        oauth2ClientCredentials({
          clientId: 'me',
          clientSecret: 's3cret',
          tokenUrl: tokens.url,
        }),
      ],
      credentialOrigins: [`http://${agent.address}`, tokens.origin],
    });
    expect((await client.send('x')).state).toBe('completed');
    expect(shown()).toEqual(['Bearer token-1', 'Bearer token-2']);
    taken[0] = 'Bearer token-3';
    expect(await collect(client.stream('x'))).toHaveLength(1);
    expect(shown().slice(2)).toEqual(['Bearer token-2', 'Bearer token-3']);
    taken[0] = 'none';
    expect(await failureOf(client.send('x'))).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(agent.calls).toHaveLength(6);
    await tokens.close();
  });
});
