import { type AgentCard } from '@nest-a2a/protocol';
import { type BindingContext } from '../bindings/binding-connector.js';
import { httpConnectors } from '../bindings/http-connectors.js';
import { OpenCalls } from '../calls/open-calls.js';
import { type CardUrls, cardUrls } from '../card/card-urls.js';
import { fetchCard } from '../card/fetch-card.js';
import { readCard } from '../card/read-card.js';
import { selectInterface } from '../card/select-interface.js';
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

/** What an agent is found by: its URL, that of its card, or the card itself, of 1.0 or 0.3. */
export type ConnectTarget =
  string | URL | AgentCard | Readonly<Record<string, unknown>>;

/** Where the card comes from. */
type CardSource =
  | { received: object; trustedOrigins: readonly [] }
  | { urls: CardUrls; trustedOrigins: readonly string[] };

/**
 * Reads the card and chooses an interface; the interface is not called yet.
 * Leaves nothing open when it fails.
 */
export async function openConnection(
  target: ConnectTarget,
  options: A2AClientOptions,
): Promise<AgentConnection> {
  const settings = completeOptions(options);
  const source = sourceOf(target);
  const { trustedOrigins } = source;
  const reach = { policy: policyOf(options), trustedOrigins };
  const http = new AgentHttp(reach);
  try {
    const verify = verifierOf(options, http);
    const { signal } = options;
    const card = await cardOf(source, http, { ...settings, signal, verify });
    const context = { ...reach, limits: settings };
    return connectionTo(card, { http, settings, context, options });
  } catch (error) {
    await http.close();
    throw error;
  }
}

function sourceOf(target: ConnectTarget): CardSource {
  if (typeof target !== 'string' && !(target instanceof URL)) {
    return { received: target, trustedOrigins: [] };
  }
  const urls = cardUrls(String(target));
  return { urls, trustedOrigins: trustedOriginsOf(String(target)) };
}

/** How a card is got. */
interface CardConditions {
  signal: AbortSignal | undefined;
  verify: CardVerifier | undefined;
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

async function cardOf(
  source: CardSource,
  http: AgentHttp,
  {
    timeoutMs,
    extensions,
    versions: [preferred = '1.0'],
    signal,
    verify,
  }: ConnectionSettings & CardConditions,
): Promise<AgentCard> {
  // Agents sign the card of 1.0, and may have another for who speaks 0.3.
  const version = verify ? '1.0' : preferred;
  const headers = callHeaders({ version, extensions });
  return new OpenCalls().run({ timeoutMs, signal }, async (scoped) => {
    if ('urls' in source) {
      const request = { headers, signal: scoped, verify };
      return fetchCard(http, source.urls, request);
    }
    const { received } = source;
    return readCard(verify ? await verify(received, scoped) : received);
  });
}

interface ConnectionMakings {
  http: AgentHttp;
  settings: ConnectionSettings;
  context: BindingContext;
  options: A2AClientOptions;
}

function connectionTo(
  card: AgentCard,
  { http, settings, context, options }: ConnectionMakings,
): AgentConnection {
  const { agentInterface, connector, version } = selectInterface(
    card,
    {
      connectors: [...httpConnectors(http), ...(options.bindings ?? [])],
      versions: settings.versions,
    },
    options.binding,
  );
  return new AgentConnection({
    card,
    agentInterface,
    version,
    binding: connector.connect(agentInterface, version, context),
    http,
    defaults: settings,
  });
}
