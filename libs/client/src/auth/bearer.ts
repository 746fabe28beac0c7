import { type Credential, UsableCredential } from './credential.js';
import { AUTHORIZATION, type Proof } from './proof.js';
import { assertSecret, readSecret, type Secret } from './secret.js';
import { type WantedScheme } from './wanted-scheme.js';

const SATISFIED: readonly WantedScheme['kind'][] = [
  'bearer',
  'oauth2',
  'openIdConnect',
];

/**
 * A bearer token (RFC 6750), from wherever it comes: also where the card asks
 * for OAuth 2.0 or OpenID Connect, whatever the flow.
 *
 * @throws TypeError for a value that cannot be sent
 */
export function bearer(token: Secret): Credential {
  return new Bearer(token);
}

class Bearer extends UsableCredential {
  readonly kind = 'bearer';
  readonly #token: Secret;

  constructor(token: Secret) {
    super();
    assertSecret(token, 'A bearer token');
    this.#token = token;
  }

  proofFor({ kind }: WantedScheme): Proof | undefined {
    return SATISFIED.includes(kind) ? this.asItIs() : undefined;
  }

  override asItIs(): Proof {
    return {
      place: AUTHORIZATION,
      value: async (request) =>
        `Bearer ${await readSecret(this.#token, request)}`,
    };
  }
}
