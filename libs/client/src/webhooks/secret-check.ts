import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type SecretLookup,
  type SharedSecret,
  type WebhookRegistration,
} from './webhook-receiver-options.js';
import { WebhookError } from './webhook-error.js';
import { type HeaderReader } from './webhook-headers.js';

/** A secret, and where the sender shows it. */
interface SecretCheckSettings {
  readonly expected: SharedSecret | SecretLookup;
  /** What the sender shows, in the form of the secrets. */
  readonly given: (header: HeaderReader) => readonly string[];
  readonly refusal: WebhookError['code'];
  readonly what: string;
}

/** Compares what a sender shows with what was agreed, in constant time. */
export class SecretCheck {
  readonly #settings: SecretCheckSettings;

  /** @throws TypeError for a secret that is none */
  constructor(settings: SecretCheckSettings) {
    const { expected, what } = settings;
    if (typeof expected !== 'function') {
      assertSecrets(expected, what);
    }
    this.#settings = settings;
  }

  /** Whether it needs to know what the webhook is about. */
  get isPerRegistration(): boolean {
    return typeof this.#settings.expected === 'function';
  }

  /**
   * @throws WebhookError
   * @throws whatever the application's function does
   */
  async assert(
    header: HeaderReader,
    registration: WebhookRegistration,
  ): Promise<void> {
    const { expected, given, refusal, what } = this.#settings;
    const secrets =
      typeof expected === 'function' ? await expected(registration) : expected;
    const accepted = [secrets ?? []].flat().filter((secret) => secret !== '');
    // Each is compared, so that the time does not tell which one is near.
    const matches = given(header).flatMap((shown) =>
      accepted.map((secret) => isSame(shown, secret)),
    );
    if (!matches.includes(true)) {
      throw new WebhookError(
        refusal,
        `${what} of a webhook is missing, or not what was agreed`,
      );
    }
  }
}

/** The check of the notification token. A2A names no header for it; senders use the one or the other. */
export function tokenCheck(expected: SharedSecret | SecretLookup): SecretCheck {
  return new SecretCheck({
    expected,
    given: (header) =>
      ['x-a2a-notification-token', 'a2a-notification-token']
        .map(header)
        .filter((token) => token !== ''),
    refusal: 'token-mismatch',
    what: 'The token',
  });
}

/** The check of `Authorization`. */
export function authorizationCheck(
  expected: SharedSecret | SecretLookup,
): SecretCheck {
  return new SecretCheck({
    expected,
    given: (header) => [header('authorization')],
    refusal: 'authorization-mismatch',
    what: 'The authorization',
  });
}

function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(expected));
}

/** Texts of different lengths have digests of one length. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function assertSecrets(expected: unknown, what: string): void {
  const secrets = [expected].flat();
  const areTexts = secrets.every(
    (secret) => typeof secret === 'string' && secret !== '',
  );
  if (secrets.length === 0 || !areTexts) {
    throw new TypeError(
      `${what} must be a text that is not empty, a list of such texts, or a function`,
    );
  }
}
