import { parseAgentCard } from '@nest-a2a/protocol';
import { cardFor, interfaceOf } from '../../test/scripted-agent.js';
import { type ClientBinding } from '../bindings/client-binding.js';
import { type AgentRoute } from './agent-route.js';
import { AgentRoutes } from './agent-routes.js';

const CARD = parseAgentCard(cardFor('https://a.example'));
const binding: ClientBinding = {
  call: () => Promise.resolve({}),
  open: () => Promise.reject(new Error('not used')),
};

function route(url: string): AgentRoute {
  const agentInterface = interfaceOf(url, 'JSONRPC');
  return { agentInterface, version: '1.0', binding } as AgentRoute;
}

describe('AgentRoutes', () => {
  const [first, second] = [route('a'), route('b')];
  let routes: AgentRoutes;
  let now: number;

  beforeEach(() => {
    now = 0;
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    routes = new AgentRoutes(CARD, [first, second]);
  });

  afterEach(() => jest.restoreAllMocks());

  it('prefers the first, and asks one that could not be reached last for half a minute', () => {
    expect(routes.next()).toBe(first);
    routes.noteUnreachable(first);
    expect(routes.next()).toBe(second);
    now = 29_999;
    expect(routes.next()).toBe(second);
    now = 30_000;
    expect(routes.next()).toBe(first);
  });

  it('prefers the first again when it was reached', () => {
    routes.noteUnreachable(first);
    routes.noteReached(first);
    expect(routes.next()).toBe(first);
  });

  it('asks each once', () => {
    routes.noteUnreachable(first);
    expect(routes.next(new Set([second]))).toBe(first);
    expect(routes.next(new Set([first, second]))).toBeUndefined();
  });
});
