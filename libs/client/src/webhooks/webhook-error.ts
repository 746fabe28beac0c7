/**
 * Why a webhook was not taken. The union is closed and stable: recognise errors
 * by it, never by the message.
 *
 * | code | status | meaning |
 * | --- | --- | --- |
 * | `authorization-mismatch` | 401 | `Authorization` is missing, or not what was agreed |
 * | `body-not-valid` | 400 | the body is compressed, is no JSON, or no notification |
 * | `body-too-large` | 413 | the body is larger than `maxBodyBytes` |
 * | `check-failed` | 503 | what the application checks with failed: its `token` function or its store; `cause` says why |
 * | `closing` | 503 | the receiver is closed |
 * | `handler-failed` | 500 | the handler failed; `cause` is what it threw |
 * | `header-missing` | 400 | a check needs `webhook-id` or `webhook-timestamp` |
 * | `header-not-valid` | 400 | one of the headers has a form that it cannot have |
 * | `in-progress` | 503 | the same webhook is being handled right now |
 * | `in-the-future` | 401 | `webhook-timestamp` is too far ahead of the clock |
 * | `jwt-mismatch` | 401 | the JWT is missing, or not one for this webhook |
 * | `keys-unavailable` | 503 | the key set of the sender cannot be fetched; `cause` says why |
 * | `signature-mismatch` | 401 | none of the signatures is by a known key over what came |
 * | `signature-missing` | 401 | there is no `webhook-signature` |
 * | `token-mismatch` | 401 | the notification token is missing, or not the one that was registered |
 * | `too-old` | 401 | `webhook-timestamp` is too far behind the clock |
 */
export type WebhookErrorCode =
  | 'authorization-mismatch'
  | 'body-not-valid'
  | 'body-too-large'
  | 'check-failed'
  | 'closing'
  | 'handler-failed'
  | 'header-missing'
  | 'header-not-valid'
  | 'in-progress'
  | 'in-the-future'
  | 'jwt-mismatch'
  | 'keys-unavailable'
  | 'signature-mismatch'
  | 'signature-missing'
  | 'token-mismatch'
  | 'too-old';

/** What a sender is told: nothing of how the receiver works inside. */
export interface WebhookErrorAnswer {
  readonly status: number;
  readonly text: string;
}

const ANSWERS: Readonly<Record<WebhookErrorCode, WebhookErrorAnswer>> =
  Object.freeze({
    'authorization-mismatch': { status: 401, text: 'Invalid credentials' },
    'body-not-valid': { status: 400, text: 'Invalid body' },
    'body-too-large': { status: 413, text: 'Body too large' },
    'check-failed': { status: 503, text: 'Try again later' },
    closing: { status: 503, text: 'Try again later' },
    'handler-failed': { status: 500, text: 'Not handled' },
    'header-missing': { status: 400, text: 'Missing header' },
    'header-not-valid': { status: 400, text: 'Invalid header' },
    // Not 409: a sender may take that for a mistake of its own.
    'in-progress': { status: 503, text: 'Being handled already' },
    'in-the-future': { status: 401, text: 'In the future' },
    'jwt-mismatch': { status: 401, text: 'Invalid JWT' },
    'keys-unavailable': { status: 503, text: 'Try again later' },
    'signature-mismatch': { status: 401, text: 'Invalid signature' },
    'signature-missing': { status: 401, text: 'Missing signature' },
    'token-mismatch': { status: 401, text: 'Invalid token' },
    'too-old': { status: 401, text: 'Too old' },
  });

const IS_WEBHOOK_ERROR = Symbol.for('@nest-a2a/client:WebhookError');

/** A webhook was not taken. Messages hold no token, no signature and nothing of the body. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  /** Tells it across copies of this package, where `instanceof` cannot. */
  readonly [IS_WEBHOOK_ERROR] = true;

  constructor(
    readonly code: WebhookErrorCode,
    message: string,
    { cause }: { cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? {} : { cause });
  }

  /** The HTTP status to answer. */
  get status(): number {
    return ANSWERS[this.code].status;
  }

  /** What to tell the sender. */
  get publicText(): string {
    return ANSWERS[this.code].text;
  }
}

/** Whether a value is a {@link WebhookError}, of this copy of the package or another. */
export function isWebhookError(value: unknown): value is WebhookError {
  return value instanceof Error && IS_WEBHOOK_ERROR in value;
}
