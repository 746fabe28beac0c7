import { type Proof } from './proof.js';
import { type WantedScheme } from './wanted-scheme.js';

const IS_CREDENTIAL = Symbol.for('@nest-a2a/client:Credential');

/** What a credential is, by the function that made it. */
export type CredentialKind =
  'apiKey' | 'bearer' | 'basic' | 'oauth2ClientCredentials' | 'mutualTls';

/**
 * What proves to an agent who calls: made by `apiKey`, `bearer`, `basic`,
 * `oauth2ClientCredentials` or `mutualTls`. Its values can be read nowhere: not
 * in its JSON, not where it is inspected, not in an error.
 */
export interface Credential {
  readonly kind: CredentialKind;
}

/** A credential as the client uses it. */
export abstract class UsableCredential implements Credential {
  abstract readonly kind: CredentialKind;
  /** Tells it across copies of this package, where `instanceof` cannot. */
  readonly [IS_CREDENTIAL] = true;

  /** How it satisfies a scheme of a card; `undefined` where it does not. */
  abstract proofFor(wanted: WantedScheme): Proof | undefined;

  /** How it is shown to an agent that says nothing; `undefined` where that has to be said. */
  asItIs(): Proof | undefined {
    return undefined;
  }
}

/** Whether a value is a credential, of this copy of the package or another. */
export function isCredential(value: unknown): value is UsableCredential {
  return typeof value === 'object' && value !== null && IS_CREDENTIAL in value;
}
