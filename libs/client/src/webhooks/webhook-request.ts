import { type WebhookBody } from './webhook-body.js';
import { type WebhookHeaders } from './webhook-headers.js';

/** A webhook as it came over HTTP. */
export interface WebhookRequest {
  readonly headers: WebhookHeaders;
  /** The bytes, or the request itself to read them from. */
  readonly body: WebhookBody;
  /**
   * What the application calls the sender or the registration, where its URL
   * tells: webhooks and tasks of different sources are never taken for the same.
   * @default none
   */
  readonly source?: string | undefined;
}
