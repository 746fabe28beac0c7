import { type AgentInterface } from '@nest-a2a/protocol';
import { type AgentHttp } from '../http/agent-http.js';
import { type HttpTransport } from '../http/http-transport.js';
import {
  type BindingConnector,
  type BindingContext,
} from './binding-connector.js';
import { type HttpBindingSettings } from './client-binding.js';
import { HttpJsonBinding } from './http-json-binding.js';
import { HTTP_JSON_WIRES } from './http-json-wire.js';
import { JsonRpcBinding } from './json-rpc-binding.js';
import { JSON_RPC_WIRES } from './json-rpc-wire.js';

/** The bindings that every client has. */
export function httpConnectors(http: AgentHttp): readonly BindingConnector[] {
  return httpBindings(http).map((connector) => ({
    ...connector,
    connect: (agent, version, context) => {
      http.assertAllowed(agent.url);
      return connector.connect(agent, version, context);
    },
  }));
}

/**
 * JSON-RPC and HTTP+JSON over another way than the client's own: given to it as
 * `bindings`, they take the place of those that it has. Which hosts a card may
 * name is then up to the transport.
 */
export function httpBindings(
  transport: HttpTransport,
): readonly BindingConnector[] {
  const common = {
    versions: ['1.0', '0.3'],
    canCall: (url: string) => URL.canParse(url),
  } as const;
  return [
    {
      ...common,
      binding: 'JSONRPC',
      connect: (agent, version, context) => {
        const settings = settingsOf(agent, context, JSON_RPC_WIRES[version]);
        return new JsonRpcBinding(agent, transport, settings);
      },
    },
    {
      ...common,
      binding: 'HTTP+JSON',
      connect: (agent, version, context) => {
        const settings = settingsOf(agent, context, HTTP_JSON_WIRES[version]);
        return new HttpJsonBinding(agent, transport, settings);
      },
    },
  ];
}

function settingsOf<Wire>(
  { url }: AgentInterface,
  { limits, credentialOrigins }: BindingContext,
  wire: Wire,
): HttpBindingSettings<Wire> {
  const isTrusted = credentialOrigins.includes(new URL(url).origin);
  return { ...limits, isTrusted, wire };
}
