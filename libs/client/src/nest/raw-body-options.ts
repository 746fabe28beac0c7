import { type WebhookRoute } from './webhook-routes.service.js';

/** Whose bodies to read, and how large they may be. */
export interface RawBodyOptions {
  readonly routes: readonly WebhookRoute[];
  readonly maxBodyBytes: number;
  /** Answers a request whose body cannot be read. */
  readonly onError: (error: unknown, response: unknown) => void;
}
