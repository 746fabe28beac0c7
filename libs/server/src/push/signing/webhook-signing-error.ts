/** Why a webhook cannot be signed, or a key cannot be replaced. */
export type WebhookSigningErrorCode =
  /** `push.encryptionKey` opens none of the keys in the store. */
  | 'KEYS_NOT_OPENED'
  /** The keys are those of the option `push.signing.keys`, or there are none: they are replaced there. */
  | 'KEYS_NOT_OURS'
  /** The function `push.signing.secrets` has failed, takes too long, or answers what is no secret. */
  | 'SECRETS_NOT_USABLE';

/** An error of what signs webhooks. Recognise it by its `code`. */
export class WebhookSigningError extends Error {
  override readonly name = 'WebhookSigningError';

  constructor(
    readonly code: WebhookSigningErrorCode,
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(message, options);
  }
}
