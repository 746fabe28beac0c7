/** What an access token is asked for with. */
export interface TokenRequest {
  readonly url: string;
  /** Whether the URL is that of a card, and not the caller's own. */
  readonly isOfCard: boolean;
  /** Tells it from others to the same URL; without a secret. */
  readonly key: string;
  /** A form. */
  readonly body: string;
  /** Of the client; `undefined` where that is in the body. */
  readonly authorization?: string | undefined;
}
