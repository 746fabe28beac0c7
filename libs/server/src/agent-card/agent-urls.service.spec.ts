import { resolveAgent } from '../agents/resolve-agent.js';
import { AGENT_OPTION_NAMES } from '../options/option-names.js';
import { AgentUrls } from './agent-urls.service.js';
import { type ForwardedRequest, type PublicUrl } from './public-url.service.js';

const agentAt = (path: string) =>
  resolveAgent(
    { call: 'test', names: AGENT_OPTION_NAMES },
    { agentCard: { name: 'a', description: 'b', version: '1' } },
    { agent: `at ${path}`, path },
  );

describe('the URL of an agent', () => {
  const asked: ForwardedRequest[] = [];
  const publicUrl = {
    of(request: ForwardedRequest) {
      asked.push(request);
      return 'https://a.example';
    },
  } as PublicUrl;

  it('has the base of its routes', () => {
    const urls = new AgentUrls(publicUrl);
    const agent = agentAt('billing');
    urls.place(agent, '/api/billing');
    expect(urls.of(agent, {})).toBe('https://a.example/api/billing');
  });

  it.each([
    ['', 'https://a.example'],
    ['billing', 'https://a.example/billing'],
  ])('has its path "%s" where it has no routes for HTTP', (path, url) => {
    expect(new AgentUrls(publicUrl).of(agentAt(path), {})).toBe(url);
  });

  it.each([undefined, null, 'x', {}, { headers: null }])(
    'learns nothing from a request like %j',
    (request) => {
      new AgentUrls(publicUrl).of(agentAt(''), request);
      expect(asked.at(-1)).toEqual({ headers: {} });
    },
  );

  it('may come from the headers of a request', () => {
    const request = { headers: { 'x-forwarded-host': 'b.example' } };
    new AgentUrls(publicUrl).of(agentAt(''), request);
    expect(asked.at(-1)).toBe(request);
  });
});
