import { type Server } from 'node:http';
import {
  A2AClient,
  type A2AClientOptions,
  A2AClientError,
  type HttpTransport,
  httpBindings,
} from '@nest-a2a/client';
import { AGENT_CARD_PATH } from '@nest-a2a/protocol';
import { type INestApplication } from '@nestjs/common';
import { InProcessTransport } from './in-process/in-process-transport.js';

/** Only the path counts: nobody looks up the host. */
const ORIGIN = 'http://localhost';

/**
 * A client of an application in this process that need not listen.
 *
 * @param path of the agent
 * @throws A2AClientError `card-unavailable` where there is no agent
 */
export async function connectInProcess(
  app: INestApplication,
  path: string,
  options: A2AClientOptions = {},
): Promise<A2AClient> {
  const transport = new InProcessTransport(app.getHttpServer() as Server);
  const card = await readCard(transport, path, options);
  const { bindings = [], credentialOrigins = [] } = options;
  return A2AClient.connect(card, {
    ...options,
    bindings: [...bindings, ...httpBindings(transport)],
    credentialOrigins: [...credentialOrigins, ...originsOf(card)],
  });
}

async function readCard(
  transport: HttpTransport,
  path: string,
  { cardHeaders = {} }: A2AClientOptions,
): Promise<Record<string, unknown>> {
  const base = path === '' ? '' : `/${path.replace(/^\/+|\/+$/g, '')}`;
  const url = ORIGIN + base + AGENT_CARD_PATH;
  const { signal } = new AbortController();
  const { status, body } = await transport.send({
    method: 'GET',
    url,
    headers: { 'A2A-Version': '1.0', ...cardHeaders },
    signal,
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
  }
  if (status !== 200) {
    throw new A2AClientError(
      'card-unavailable',
      `There is no agent card at ${base}${AGENT_CARD_PATH}: HTTP ${status}. Name the path of the agent.`,
      { status },
    );
  }
  return JSON.parse(Buffer.concat(chunks).toString()) as Record<
    string,
    unknown
  >;
}

/** Whatever host the card names, requests go to the application under test. */
function originsOf(card: Record<string, unknown>): string[] {
  const { supportedInterfaces = [] } = card as {
    supportedInterfaces?: { url: string }[];
  };
  return supportedInterfaces
    .filter(({ url }) => URL.canParse(url))
    .map(({ url }) => new URL(url).origin)
    .filter((origin) => origin !== 'null');
}
