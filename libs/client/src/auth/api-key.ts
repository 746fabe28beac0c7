import { isReservedHeader, isToken } from '@nest-a2a/egress';
import { type Credential, UsableCredential } from './credential.js';
import { type Place, type Proof } from './proof.js';
import { assertSecret, readSecret, type Secret } from './secret.js';
import { type WantedScheme } from './wanted-scheme.js';

/** Options of {@link apiKey}. */
export interface ApiKeyOptions {
  /** The header to send the key in where the card names none. @default none: it is sent where the card says */
  readonly header?: string | undefined;
}

/**
 * An API key. The card says whether it is sent in a header, in the query or in a
 * cookie, and under which name.
 *
 * @throws TypeError for a value or a header that cannot be sent
 */
export function apiKey(key: Secret, options: ApiKeyOptions = {}): Credential {
  return new ApiKey(key, options);
}

class ApiKey extends UsableCredential {
  readonly kind = 'apiKey';
  readonly #key: Secret;
  readonly #header: string | undefined;

  constructor(key: Secret, { header }: ApiKeyOptions) {
    super();
    assertSecret(key, 'An API key');
    if (
      header !== undefined &&
      (!isToken(header) || isReservedHeader(header))
    ) {
      throw new TypeError('The header of an API key cannot be set by callers');
    }
    this.#key = key;
    this.#header = header;
  }

  proofFor(wanted: WantedScheme): Proof | undefined {
    return wanted.kind === 'apiKey' ? this.#proof(wanted) : undefined;
  }

  override asItIs(): Proof | undefined {
    return this.#header === undefined
      ? undefined
      : this.#proof({ in: 'header', name: this.#header });
  }

  #proof({ in: kind, name }: Place): Proof {
    return {
      place: { in: kind, name },
      value: (request) => readSecret(this.#key, request),
    };
  }
}
