import { isReservedHeader, isToken } from '@nest-a2a/egress';
import { type AgentInterface } from '@nest-a2a/protocol';
import { parseGrpcTarget } from '../grpc/grpc-target.js';

/** One scheme of a card (A2A §4.5.1) as an interface can satisfy it. */
export type WantedScheme =
  | {
      readonly kind: 'apiKey';
      readonly in: 'header' | 'query' | 'cookie';
      readonly name: string;
    }
  | { readonly kind: 'basic' | 'bearer' | 'mutualTls' }
  | {
      readonly kind: 'oauth2';
      /** Of the client credentials flow, where the card offers that. */
      readonly tokenUrl: string | undefined;
      readonly scopes: readonly string[];
    }
  | { readonly kind: 'openIdConnect'; readonly scopes: readonly string[] }
  /** We do not know it, it is not well described, or the interface cannot carry it. */
  | { readonly kind: 'unknown' };

/** A scheme as the card has it. */
export interface CardScheme {
  /** Whatever the card says. */
  readonly scheme: unknown;
  /** Those that the requirement names. */
  readonly scopes: readonly string[];
}

const UNKNOWN: WantedScheme = Object.freeze({ kind: 'unknown' });

/** Names of gRPC metadata; those of its own and of binary values are not for keys. */
const METADATA_NAME = /^(?!grpc-)[0-9a-z_.-]+(?<!-bin)$/i;

const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Whether these are scopes as RFC 6749 §3.3 has them. */
export function areScopes(scopes: unknown): scopes is readonly string[] {
  return (
    Array.isArray(scopes) &&
    scopes.every((one) => typeof one === 'string' && SCOPE.test(one))
  );
}

/** Reads a scheme of a foreign card, of which nothing has been checked. */
export function readScheme(
  { scheme, scopes }: CardScheme,
  agentInterface: Pick<AgentInterface, 'url' | 'protocolBinding'>,
): WantedScheme {
  const {
    apiKeySecurityScheme: apiKey,
    httpAuthSecurityScheme: http,
    oauth2SecurityScheme: oauth2,
    openIdConnectSecurityScheme: openIdConnect,
    mtlsSecurityScheme: mutualTls,
  } = membersOf(scheme);
  if (apiKey) {
    return apiKeyOf(membersOf(apiKey), isGrpc(agentInterface));
  }
  if (http) {
    return httpOf(membersOf(http).scheme);
  }
  if (mutualTls) {
    return hasTls(agentInterface) ? { kind: 'mutualTls' } : UNKNOWN;
  }
  if (!areScopes(scopes)) {
    return UNKNOWN;
  }
  if (oauth2) {
    const tokenUrl = tokenUrlOf(membersOf(oauth2).flows);
    return { kind: 'oauth2', tokenUrl, scopes };
  }
  return openIdConnect ? { kind: 'openIdConnect', scopes } : UNKNOWN;
}

/** Whether an interface is called over gRPC. */
export function isGrpc({
  protocolBinding,
}: Pick<AgentInterface, 'protocolBinding'>): boolean {
  return protocolBinding.toUpperCase() === 'GRPC';
}

function apiKeyOf(
  { location, name }: Record<string, unknown>,
  overGrpc: boolean,
): WantedScheme {
  if (typeof name !== 'string' || name === '') {
    return UNKNOWN;
  }
  if (location === 'header') {
    const isSendable = overGrpc
      ? METADATA_NAME.test(name)
      : isToken(name) && !isReservedHeader(name);
    return isSendable ? { kind: 'apiKey', in: location, name } : UNKNOWN;
  }
  const isSendable =
    location === 'query' || (location === 'cookie' && isToken(name));
  return isSendable && !overGrpc
    ? { kind: 'apiKey', in: location, name }
    : UNKNOWN;
}

/** Names of schemes are told apart without regard to case (RFC 9110 §11.1). */
function httpOf(scheme: unknown): WantedScheme {
  const name = String(scheme).toLowerCase();
  return name === 'basic' || name === 'bearer' ? { kind: name } : UNKNOWN;
}

function tokenUrlOf(flows: unknown): string | undefined {
  const { tokenUrl } = membersOf(membersOf(flows).clientCredentials);
  return typeof tokenUrl === 'string' && URL.canParse(tokenUrl)
    ? tokenUrl
    : undefined;
}

function hasTls(
  agentInterface: Pick<AgentInterface, 'url' | 'protocolBinding'>,
): boolean {
  const { url } = agentInterface;
  return isGrpc(agentInterface)
    ? parseGrpcTarget(url)?.isSecure === true
    : new URL(url).protocol === 'https:';
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : {};
}
