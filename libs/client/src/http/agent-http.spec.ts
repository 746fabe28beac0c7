import { collect, ScriptedAgent } from '../../test/scripted-agent.js';
import { AgentHttp, type Reach } from './agent-http.js';

describe('AgentHttp', () => {
  let agent: ScriptedAgent;
  let http: AgentHttp;

  beforeEach(async () => {
    agent = await ScriptedAgent.start();
  });

  afterEach(async () => {
    await http.close();
    await agent.close();
  });

  function get(url: string, reach: Partial<Reach> = {}) {
    http = new AgentHttp({ policy: {}, trustedOrigins: [], ...reach });
    const { signal } = new AbortController();
    return http.send({ method: 'GET', url, headers: {}, signal });
  }

  it('calls the caller’s own origin, whatever the policy says', async () => {
    const response = await get(agent.url, { trustedOrigins: [agent.url] });
    expect(response.status).toBe(501);
    expect(agent.requests[0]?.headers).toEqual({
      host: new URL(agent.url).host,
      'user-agent': 'nest-a2a-client',
      'accept-encoding': 'identity',
      connection: 'keep-alive',
    });
  });

  it('connects to no name that resolves to a private address', async () => {
    const { port } = new URL(agent.url);
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    await expect(
      get(`http://agent.example:${port}`, {
        policy: { allowHttp: true, ports: [Number(port)] },
        resolve,
      }),
    ).rejects.toMatchObject({
      name: 'A2AClientError',
      code: 'not-allowed',
      cause: expect.objectContaining({ code: 'address-not-allowed' }),
    });
    expect(agent.connections).toBe(0);
  });

  it.each([
    ['https://user:secret@agent.example', 'not-allowed'],
    ['https://agent.example:22', 'not-allowed'],
    ['ftp://agent.example', 'not-allowed'],
  ])('refuses %s without a question to the resolver', async (url, code) => {
    const resolve = jest.fn();
    await expect(get(url, { resolve })).rejects.toMatchObject({ code });
    expect(() => http.assertAllowed(url)).toThrow(
      expect.objectContaining({ code }),
    );
    expect(resolve).not.toHaveBeenCalled();
  });

  it('says nothing of the URL when a host is not found', async () => {
    const resolve = async () => Promise.reject(new Error('ENOTFOUND'));
    const call = get('https://agent.example/?key=secret', { resolve });
    await expect(call).rejects.toMatchObject({
      code: 'connection-failed',
      message: expect.not.stringContaining('secret'),
    });
  });

  it('fails the body, and nothing else, when it is aborted before it is read', async () => {
    agent.script = (_, response) => response.writeHead(200).write('x');
    http = new AgentHttp({ policy: {}, trustedOrigins: [agent.url] });
    const controller = new AbortController();
    const { body } = await http.send({
      method: 'GET',
      url: agent.url,
      headers: {},
      signal: controller.signal,
    });
    controller.abort();
    await agent.allClosed();
    await expect(collect(body)).rejects.toMatchObject({
      name: 'A2AClientError',
    });
  });

  it('refuses requests after it was closed', async () => {
    await get(agent.url, { trustedOrigins: [agent.url] });
    await Promise.all([http.close(), http.close()]);
    await agent.allClosed();
    const { signal } = new AbortController();
    await expect(
      http.send({ method: 'GET', url: agent.url, headers: {}, signal }),
    ).rejects.toMatchObject({ code: 'aborted' });
  });
});
