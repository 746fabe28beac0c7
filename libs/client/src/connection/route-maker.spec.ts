import { parseAgentCard } from '@nest-a2a/protocol';
import { cardFor, interfaceOf } from '../../test/scripted-agent.js';
import { type BindingConnector } from '../bindings/binding-connector.js';
import { A2AClientError } from '../errors/a2a-client-error.js';
import { RouteMaker } from './route-maker.js';

const CONTEXT = {
  policy: {},
  trustedOrigins: [],
  credentialOrigins: [],
  limits: {
    maxEventBytes: 1,
    maxResponseBytes: 1,
    streamIdleMs: 1,
    connectTimeoutMs: 1,
  },
};

let opened: string[];
let closed: string[];
let maker: RouteMaker;

/** A binding that is only opened and closed; nobody may go to `refused`. */
const connector: BindingConnector = {
  binding: 'JSONRPC',
  versions: ['1.0'],
  canCall: () => true,
  connect: ({ url }) => {
    if (url === 'refused') {
      throw new A2AClientError('not-allowed', 'Not there');
    }
    opened.push(url);
    return {
      call: () => Promise.resolve({}),
      open: () => Promise.reject(new Error('not used')),
      close: () => Promise.resolve(void closed.push(url)),
    };
  },
};

beforeEach(() => {
  [opened, closed] = [[], []];
  maker = new RouteMaker({
    connectors: [connector],
    versions: ['1.0'],
    pinned: undefined,
    context: CONTEXT,
  });
});

function routesTo(...urls: string[]): string[] {
  const supportedInterfaces = urls.map((url) => interfaceOf(url, 'JSONRPC'));
  const card = { ...cardFor('https://a.example'), supportedInterfaces };
  const { all } = maker.routesOf(parseAgentCard(card));
  return all.map(({ agentInterface }) => agentInterface.url);
}

describe('RouteMaker', () => {
  it('keeps the connections of interfaces that are in the next card too', () => {
    expect(routesTo('a', 'b')).toEqual(['a', 'b']);
    expect(routesTo('b', 'c')).toEqual(['b', 'c']);
    expect(opened).toEqual(['a', 'b', 'c']);
    expect(closed).toEqual([]);
  });

  it('closes those of former cards, the oldest first, when there are too many', () => {
    const urls = Array.from({ length: 12 }, (_, index) => `u${index}`);
    urls.forEach((url) => routesTo(url));
    // Eight former ones are left to their calls, besides the current one.
    expect(closed).toEqual(['u0', 'u1', 'u2']);
  });

  it('leaves out what is refused, unless that is all', () => {
    expect(routesTo('refused', 'a')).toEqual(['a']);
    expect(() => routesTo('refused')).toThrow('Not there');
  });

  it('closes everything in the end', async () => {
    routesTo('a');
    routesTo('b');
    await maker.close();
    expect(closed).toEqual(['a', 'b']);
  });
});
