import { type SecurityScheme } from '@nest-a2a/protocol';
import { type Authenticator } from '../access/authenticator.js';
import { isQuotable, isScope, withParams } from '../access/challenge.js';

/** What every way to authenticate has. */
export interface SchemeOptions {
  /** Who asks, in the challenge. @default 'A2A' */
  readonly realm?: string;
  /** How the card describes the way. @default what follows from the other options */
  readonly scheme?: SecurityScheme;
  /** Scopes that every caller needs; who lacks one gets 403. @default none */
  readonly requiredScopes?: readonly string[];
}

const DEFAULT_REALM = 'A2A';

/**
 * What an authenticator says about itself.
 *
 * @param challenge scheme of `WWW-Authenticate`, and its parameters besides the realm
 * @throws TypeError
 */
export function schemeSettings(
  name: string,
  { realm = DEFAULT_REALM, scheme, requiredScopes = [] }: SchemeOptions,
  defaults: {
    readonly scheme: SecurityScheme;
    readonly challenge: readonly [scheme: string, params: object];
  },
): Pick<Authenticator, 'name' | 'scheme' | 'scopes' | 'challenge'> {
  if (!isQuotable(realm)) {
    throw new TypeError('realm must be of printable ASCII without quotes');
  }
  if (!requiredScopes.every(isScope)) {
    throw new TypeError('requiredScopes must be scopes: texts without spaces');
  }
  const [auth, params] = defaults.challenge;
  return {
    name,
    scheme: scheme ?? defaults.scheme,
    scopes: [...requiredScopes],
    challenge: withParams(auth, { realm, ...params }),
  };
}
