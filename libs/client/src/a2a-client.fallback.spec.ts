import {
  answering,
  failureOf,
  interfaceOf,
  ScriptedAgent,
  taskIn,
} from '../test/scripted-agent.js';
import { A2AClient } from './a2a-client.js';
import { bearer } from './auth/bearer.js';

describe('an interface that the client does not call itself', () => {
  let agent: ScriptedAgent;
  let other: ScriptedAgent;

  beforeEach(async () => {
    agent = await ScriptedAgent.start();
    other = await ScriptedAgent.start();
    agent.script = answering('JSONRPC', taskIn('WORKING'));
    agent.card.supportedInterfaces = [
      interfaceOf(`${other.url}/rpc`, 'JSONRPC'),
      interfaceOf(`${agent.url}/rpc`, 'JSONRPC'),
    ];
  });

  afterEach(async () => {
    await agent.allClosed();
    await agent.close();
    await other.close();
  });

  const OPEN = { allowHttp: true, allowPrivateNetworks: true };

  it.each([
    ['as the policy refuses it', {}],
    [
      'as it may not have the credentials',
      { ...OPEN, credentials: [bearer('x')] },
    ],
  ])('is passed over: %s', async (_, options) => {
    const client = await A2AClient.connect(agent.url, options);
    expect((await client.getTask('t1')).state).toBe('working');
    expect(other.requests).toEqual([]);
    await client.close();
  });

  it('is the reason where there is no other, at once', async () => {
    agent.card.supportedInterfaces = [
      interfaceOf(`${other.url}/rpc`, 'JSONRPC'),
    ];
    const options = { ...OPEN, credentials: [bearer('x')] };
    const client = await A2AClient.connect(agent.url, options);
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'not-allowed',
    });
    expect(agent.requests).toHaveLength(1);
    await client.close();
  });

  it('does not hide that another cannot be reached', async () => {
    await other.close();
    agent.card.supportedInterfaces = [
      interfaceOf(`${other.url}/rpc`, 'JSONRPC'),
      interfaceOf('https://elsewhere.example/rpc', 'JSONRPC'),
    ];
    const client = await A2AClient.connect(agent.url, {
      ...OPEN,
      credentialOrigins: [other.url],
      credentials: [bearer('x')],
      retry: { maxAttempts: 2, baseDelayMs: 0 },
    });
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'connection-failed',
      isUnsent: true,
    });
    await client.close();
  });
});
