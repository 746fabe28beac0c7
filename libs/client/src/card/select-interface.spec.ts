import {
  type AgentCard,
  parseAgentCard,
  type ProtocolVersion,
} from '@nest-a2a/protocol';
import { cardFor, interfaceOf } from '../../test/scripted-agent.js';
import { type BindingConnector } from '../bindings/binding-connector.js';
import { httpConnectors } from '../bindings/http-connectors.js';
import { AgentHttp } from '../http/agent-http.js';
import { type Abilities, selectInterfaces } from './select-interface.js';

const URL_ = 'https://a.example';

function cardWith(...supportedInterfaces: object[]) {
  return parseAgentCard({ ...cardFor(URL_), supportedInterfaces });
}

const HTTP = httpConnectors(new AgentHttp({ policy: {}, trustedOrigins: [] }));

const GRPC: BindingConnector = {
  binding: 'GRPC',
  versions: ['1.0'],
  canCall: (url) => /^[\w.]+:\d+$/.test(url),
  connect: () => {
    throw new Error('not called');
  },
};

function select(
  card: AgentCard,
  pinned?: string,
  abilities: Partial<Abilities> = {},
) {
  const [first] = selectAll(card, pinned, abilities);
  if (!first) throw new Error('Nothing was selected');
  return first;
}

function selectAll(
  card: AgentCard,
  pinned?: string,
  abilities: Partial<Abilities> = {},
) {
  return selectInterfaces(
    card,
    { connectors: HTTP, versions: ['1.0', '0.3'], ...abilities },
    pinned,
  ).map(({ agentInterface, connector, version }) => ({
    agentInterface,
    binding: connector.binding,
    version,
  }));
}

describe('selectInterfaces', () => {
  it('takes the first that it speaks in the version it prefers (A2A §8.3.2)', () => {
    const card = cardWith(
      interfaceOf('a.example:50051', 'GRPC'),
      interfaceOf(`${URL_}/old`, 'JSONRPC', { protocolVersion: '0.3' }),
      interfaceOf(`${URL_}/rest`, 'HTTP+JSON', { tenant: 'acme' }),
      interfaceOf(`${URL_}/rpc`, 'JSONRPC'),
    );
    expect(select(card)).toEqual({
      binding: 'HTTP+JSON',
      version: '1.0',
      agentInterface: interfaceOf(`${URL_}/rest`, 'HTTP+JSON', {
        tenant: 'acme',
      }),
    });
  });

  it.each(['jsonrpc', 'JsonRpc', 'JSONRPC'])('knows %s', (name) => {
    const { binding } = select(cardWith(interfaceOf(URL_, name)));
    expect(binding).toBe('JSONRPC');
  });

  it('does not care for a patch version (A2A §3.6)', () => {
    const exact = interfaceOf(URL_, 'JSONRPC', { protocolVersion: '1.0.1' });
    expect(select(cardWith(exact)).binding).toBe('JSONRPC');
  });

  it('takes only the pinned binding', () => {
    const card = parseAgentCard(cardFor(URL_));
    const { binding, agentInterface } = select(card, 'HTTP+JSON');
    expect(binding).toBe('HTTP+JSON');
    expect(agentInterface.url).toBe(`${URL_}/rest`);
  });

  it('passes over an interface without a real URL', () => {
    const card = cardWith(
      interfaceOf('/relative', 'JSONRPC'),
      interfaceOf(URL_, 'HTTP+JSON'),
    );
    expect(select(card).binding).toBe('HTTP+JSON');
  });

  const BOTH = cardWith(
    interfaceOf(`${URL_}/rpc`, 'JSONRPC'),
    interfaceOf(`${URL_}/old`, 'HTTP+JSON', { protocolVersion: '0.3.0' }),
  );

  it.each<[ProtocolVersion[], string, string]>([
    [['1.0', '0.3'], '/rpc', '1.0'],
    [['0.3', '1.0'], '/old', '0.3'],
    [['0.3'], '/old', '0.3'],
  ])('prefers the versions %j', (versions, path, version) => {
    expect(select(BOTH, undefined, { versions })).toMatchObject({
      agentInterface: { url: URL_ + path },
      version,
    });
  });

  it('speaks 0.3 where the agent speaks nothing else', () => {
    const card = cardWith(
      interfaceOf(URL_, 'jsonrpc', { protocolVersion: '0.3' }),
    );
    expect(select(card)).toMatchObject({ binding: 'JSONRPC', version: '0.3' });
  });

  it('looks for another version where the binding is pinned', () => {
    expect(select(BOTH, 'HTTP+JSON').version).toBe('0.3');
  });

  it('calls with a binding that it was given, where it can', () => {
    const grpc = interfaceOf('a.example:50051', 'grpc');
    const connectors = [...HTTP, GRPC];
    const first = cardWith(grpc, interfaceOf(URL_, 'JSONRPC'));
    expect(select(first, undefined, { connectors }).binding).toBe('GRPC');
    const old = interfaceOf('a.example:1', 'GRPC', { protocolVersion: '0.3' });
    const odd = interfaceOf('nowhere', 'GRPC');
    const last = cardWith(old, odd, interfaceOf(URL_, 'JSONRPC'));
    expect(select(last, undefined, { connectors }).binding).toBe('JSONRPC');
  });

  it('has the others ready, those of the preferred version first (A2A §5.2)', () => {
    const old = { protocolVersion: '0.3' };
    const card = cardWith(
      interfaceOf(`${URL_}/old`, 'JSONRPC', old),
      interfaceOf('a.example:50051', 'GRPC'),
      interfaceOf(`${URL_}/rest`, 'HTTP+JSON'),
      interfaceOf(`${URL_}/rpc`, 'JSONRPC'),
    );
    const urls = selectAll(card).map(({ agentInterface: { url } }) => url);
    expect(urls).toEqual(['/rest', '/rpc', '/old'].map((path) => URL_ + path));
  });

  it('has only those for the same tenant ready', () => {
    const card = cardWith(
      interfaceOf(`${URL_}/a`, 'JSONRPC', { tenant: 'acme' }),
      interfaceOf(`${URL_}/b`, 'JSONRPC', { tenant: 'other' }),
      interfaceOf(`${URL_}/c`, 'HTTP+JSON', { tenant: 'acme' }),
      interfaceOf(`${URL_}/d`, 'HTTP+JSON'),
    );
    const urls = selectAll(card).map(({ agentInterface: { url } }) => url);
    expect(urls).toEqual([`${URL_}/a`, `${URL_}/c`]);
  });

  it('says what both sides speak when they have no binding in common', () => {
    const card = cardWith(interfaceOf('a.example:50051', 'GRPC'));
    expect(() => select(card)).toThrow(
      expect.objectContaining({
        code: 'no-interface',
        message:
          'The agent "Report Generator" offers GRPC 1.0; ' +
          'this client speaks JSONRPC 1.0, HTTP+JSON 1.0, JSONRPC 0.3, HTTP+JSON 0.3',
      }),
    );
  });

  it('says what both sides speak when they have no version in common (A2A §3.6.3)', () => {
    const card = cardWith(
      interfaceOf('a.example:50051', 'GRPC'),
      interfaceOf(URL_, 'JSONRPC', { protocolVersion: '0.2' }),
    );
    expect(() => select(card)).toThrow(
      expect.objectContaining({
        name: 'A2AError',
        code: 'VERSION_NOT_SUPPORTED',
        message:
          'The agent "Report Generator" offers GRPC 1.0, JSONRPC 0.2; ' +
          'this client speaks JSONRPC 1.0, HTTP+JSON 1.0, JSONRPC 0.3, HTTP+JSON 0.3',
      }),
    );
    expect(() => select(BOTH, 'HTTP+JSON', { versions: ['1.0'] })).toThrow(
      /this client was told to use HTTP\+JSON 1\.0$/,
    );
  });
});
