import { type AgentCard } from '@nest-a2a/protocol';
import { type AuthReach, ClientAuth } from '../auth/client-auth.js';
import { httpConnectors } from '../bindings/http-connectors.js';
import { type CardUrls, cardUrls } from '../card/card-urls.js';
import { CardKeeper } from '../card/card-keeper.js';
import { type CardChecks, createCardReader } from '../card/card-reader.js';
import { fetchCard, fetchCardAgain } from '../card/fetch-card.js';
import { repeated } from '../calls/repeated.js';
import { type CardSource } from './card-source.js';
import { type CardVerifier, createCardVerifier } from '../card/verify-card.js';
import { type A2AClientOptions } from '../client-options.js';
import { AgentHttp } from '../http/agent-http.js';
import { trustedOriginsOf } from '../http/trusted-origins.js';
import { AgentConnection } from './agent-connection.js';
import { callHeaders } from './call-headers.js';
import {
  completeOptions,
  type ConnectionSettings,
  policyOf,
} from './connection-settings.js';
import { RouteMaker } from './route-maker.js';

/** What an agent is found by: its URL, that of its card, or the card itself, of 1.0 or 0.3. */
export type ConnectTarget =
  string | URL | AgentCard | Readonly<Record<string, unknown>>;

/** Where the card comes from. */
type CardPlace =
  | { received: object; trustedOrigins: readonly [] }
  | { urls: CardUrls; trustedOrigins: readonly string[] };

/**
 * A connection to an agent. Nothing is read yet.
 *
 * @throws TypeError for a target or an option that makes no sense
 */
export function openConnection(
  target: ConnectTarget,
  options: A2AClientOptions,
): AgentConnection {
  const complete = completeOptions(options);
  const source = sourceOf(target);
  const { trustedOrigins } = source;
  const credentialOrigins = [...trustedOrigins, ...complete.credentialOrigins];
  const policy = policyOf(options);
  const auth = authOf(options, { policy, credentialOrigins });
  const settings = withAuth(complete, auth);
  const clientCertificate = auth?.clientCertificate;
  const reach = { policy, trustedOrigins, clientCertificate };
  const { connectTimeoutMs } = settings;
  const http = new AgentHttp({ ...reach, connectTimeoutMs });
  const checks = {
    verify: verifierOf(options, http),
    validate: options.cardValidator,
  };
  const context = {
    ...reach,
    credentialOrigins,
    limits: settings,
  };
  const routes = new RouteMaker({
    connectors: [...(options.bindings ?? []), ...httpConnectors(http)],
    versions: settings.versions,
    pinned: options.binding,
    context,
  });
  const cards = cardsOf(source, http, { settings, checks });
  const isExtended = options.extendedCard ?? false;
  return new AgentConnection({
    cards,
    routes,
    http,
    settings,
    auth,
    upgrade: isExtended ? checks : undefined,
  });
}

function authOf(
  { credentials }: A2AClientOptions,
  reach: AuthReach,
): ClientAuth | undefined {
  return credentials === undefined
    ? undefined
    : new ClientAuth(credentials, reach);
}

/** Credentials last, so that no other interceptor sees them. */
function withAuth(
  settings: ConnectionSettings,
  auth: ClientAuth | undefined,
): ConnectionSettings {
  return auth
    ? { ...settings, interceptors: [...settings.interceptors, auth.intercept] }
    : settings;
}

function sourceOf(target: ConnectTarget): CardPlace {
  if (typeof target !== 'string' && !(target instanceof URL)) {
    return { received: target, trustedOrigins: [] };
  }
  const urls = cardUrls(String(target));
  return { urls, trustedOrigins: trustedOriginsOf(String(target)) };
}

function verifierOf(
  { verifyCard, allowHttp = false }: A2AClientOptions,
  http: AgentHttp,
): CardVerifier | undefined {
  return (
    verifyCard &&
    createCardVerifier(verifyCard, { http, isHttpAllowed: allowHttp })
  );
}

function cardsOf(
  source: CardPlace,
  http: AgentHttp,
  { settings, checks }: { settings: ConnectionSettings; checks: CardChecks },
): CardSource {
  const read = createCardReader(checks);
  const { timeoutMs, maxCardBytes: maxBytes, retry, extensions } = settings;
  const { cardHeaders } = settings;
  if (!('urls' in source)) {
    return givenCard((signal) => read(source.received, signal), timeoutMs);
  }
  // Agents sign the card of 1.0, and may have another for who speaks 0.3.
  const [preferred = '1.0'] = settings.versions;
  const version = checks.verify ? '1.0' : preferred;
  const headers = { ...callHeaders({ version, extensions }), ...cardHeaders };
  const request = { headers, maxBytes, read };
  return new CardKeeper({
    timeoutMs,
    fetch: (signal) =>
      repeated(() => fetchCard(http, source.urls, { ...request, signal }), {
        retry,
        signal,
      }),
    fetchAgain: (known, signal) =>
      fetchCardAgain(http, known, { ...request, signal }),
  });
}

/** A card that was given never changes; it is checked when it is used first. */
function givenCard(
  read: (signal: AbortSignal) => Promise<AgentCard>,
  timeoutMs: number,
): CardSource {
  const fetch = async (signal: AbortSignal) => ({
    card: await read(signal),
    url: '',
    headers: {},
  });
  return new CardKeeper({ timeoutMs, fetch });
}
