import { type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type WebhookBody } from '../webhooks/webhook-body.js';
import { type WebhookNotification } from '../webhooks/webhook-notification.js';
import { type WebhookRequest } from '../webhooks/webhook-request.js';

/** Where a request keeps the notification that a guard has read. */
export const NOTIFICATION = Symbol.for('@nest-a2a/client:NOTIFICATION');

/** What requests of Express and of Fastify have in common. */
export interface PlatformRequest {
  readonly headers: IncomingHttpHeaders;
  readonly params?: Readonly<Partial<Record<string, string>>>;
  body?: unknown;
  /** With the application's option `rawBody`. */
  readonly rawBody?: unknown;
  [NOTIFICATION]?: WebhookNotification;
}

/** A response of Express, or of Fastify with that of Node.js in `raw`. */
export type PlatformResponse =
  ServerResponse | { readonly raw: ServerResponse };

/** The webhook in a request. */
export function webhookOf({
  headers,
  params = {},
  body,
  rawBody,
}: PlatformRequest): WebhookRequest {
  const bytes = Buffer.isBuffer(body) ? body : (rawBody ?? body);
  return { headers, body: bytes as WebhookBody, source: params.source };
}

/** Resolves when a response is closed, whoever closed it. */
export function closeOf(response: PlatformResponse): Promise<void> {
  const raw = 'raw' in response ? response.raw : response;
  return new Promise((resolve) => {
    if (raw.closed) resolve();
    else raw.once('close', () => resolve());
  });
}
