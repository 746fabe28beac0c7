import { isWebhookError, type WebhookErrorCode } from './webhook-error.js';

const RETRY_AFTER_SECONDS = '5';

/** What to answer to a webhook, in whichever framework. */
export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** What became of the webhook; `duplicate` for one that was handled before. */
  readonly outcome: 'handled' | 'duplicate' | WebhookErrorCode;
  /** Why it was not taken: for the log, not for the sender. */
  readonly error?: unknown;
}

const HEADERS = Object.freeze({
  'Content-Type': 'application/json',
  'Cache-Control': 'no-store',
});

/** The answer to a webhook that was handled. */
export const HANDLED: WebhookAnswer = Object.freeze({
  status: 200,
  headers: HEADERS,
  body: '{"status":"received"}',
  outcome: 'handled',
});

/** The answer to one that was handled before. */
export const DUPLICATE: WebhookAnswer = Object.freeze({
  ...HANDLED,
  body: '{"status":"duplicate"}',
  outcome: 'duplicate',
});

/** The answer to one that was not taken. An error that is not ours is one of what the application checks with. */
export function refusalOf(error: unknown): WebhookAnswer {
  const known = isWebhookError(error) ? error : undefined;
  const status = known?.status ?? 503;
  const text = known?.publicText ?? 'Try again later';
  return {
    status,
    headers: {
      ...HEADERS,
      ...(status === 503 && { 'Retry-After': RETRY_AFTER_SECONDS }),
    },
    body: JSON.stringify({ error: text }),
    outcome: known?.code ?? 'check-failed',
    error,
  };
}
