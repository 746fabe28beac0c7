import { type Credential, UsableCredential } from './credential.js';
import { AUTHORIZATION, type Proof } from './proof.js';
import { type WantedScheme } from './wanted-scheme.js';

/**
 * A name and a password (RFC 7617), sent as UTF-8.
 *
 * @throws TypeError for a name with a colon, or control characters
 */
export function basic(user: string, password: string): Credential {
  return new Basic(user, password);
}

class Basic extends UsableCredential {
  readonly kind = 'basic';
  readonly #value: string;

  constructor(user: string, password: string) {
    super();
    assertText(user, 'The user');
    assertText(password, 'The password');
    if (user.includes(':')) {
      throw new TypeError('The user of basic() must not contain a colon');
    }
    const pair = Buffer.from(`${user}:${password}`).toString('base64');
    this.#value = `Basic ${pair}`;
  }

  proofFor({ kind }: WantedScheme): Proof | undefined {
    return kind === 'basic' ? this.asItIs() : undefined;
  }

  override asItIs(): Proof {
    return { place: AUTHORIZATION, value: async () => this.#value };
  }
}

function assertText(value: unknown, what: string): void {
  if (typeof value !== 'string' || /\p{Cc}/u.test(value)) {
    throw new TypeError(
      `${what} of basic() must be text without control characters`,
    );
  }
}
