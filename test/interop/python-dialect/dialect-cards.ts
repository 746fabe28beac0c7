import { type Manners } from './manners.js';

export type Binding = 'JSONRPC' | 'HTTP+JSON';
export type Version = '1.0' | '0.3';

/** What a card is about. */
export interface Dialect {
  readonly version: Version;
  readonly binding: Binding;
}

const COMMON = {
  name: 'Dialect Agent',
  description: 'Speaks as others do.',
  version: '1.0.0',
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [{ id: 's', name: 'S', description: 'S', tags: [] }],
  somethingNew: { a: [1] },
};
const CAPABILITIES = { streaming: true, pushNotifications: true };

/** The card as agents of a version write it; names of bindings in whichever letters, a slash at the end of the URL. */
export function cardOf(
  base: string,
  { version, binding }: Dialect,
  capabilities: object = {},
): object {
  const url = `${base}/a2a/`;
  const protocolBinding = binding === 'JSONRPC' ? 'jsonRpc' : 'Http+Json';
  const can = { ...CAPABILITIES, ...capabilities };
  return version === '1.0'
    ? {
        ...COMMON,
        capabilities: { ...can, extendedAgentCard: true, levitation: true },
        supportedInterfaces: [{ url, protocolBinding, protocolVersion: '1.0' }],
      }
    : {
        ...COMMON,
        protocolVersion: '0.3.0',
        url,
        preferredTransport: protocolBinding,
        additionalInterfaces: [{ url, transport: protocolBinding }],
        capabilities: { ...can, stateTransitionHistory: true },
        supportsAuthenticatedExtendedCard: true,
      };
}

const TAGGED_SCHEMES = {
  securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } },
  security: [{ key: [] }],
};
const PROTO_SCHEMES = {
  securitySchemes: {
    key: { apiKeySecurityScheme: { location: 'header', name: 'X-Key' } },
  },
  security: [{ schemes: { key: { list: [] } } }],
};

/** The card for callers that the agent knows: it has a way to authenticate. */
export function extendedCardOf(
  base: string,
  dialect: Dialect,
  { card }: Pick<Manners, 'card'>,
): object {
  const description = 'Does more for those who ask.';
  const { securitySchemes, security } =
    dialect.version === '0.3' && card === 'tagged'
      ? TAGGED_SCHEMES
      : PROTO_SCHEMES;
  return {
    ...cardOf(base, dialect),
    description,
    securitySchemes,
    [dialect.version === '1.0' ? 'securityRequirements' : 'security']: security,
  };
}
