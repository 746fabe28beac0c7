import {
  type Credential,
  isCredential,
  type UsableCredential,
} from './credential.js';

/** What a caller proves itself with: by kind, or by the names that the card gives its schemes. */
export type Credentials =
  readonly Credential[] | Readonly<Record<string, Credential>>;

/** Credentials that were checked. */
export interface GivenCredentials {
  readonly all: readonly UsableCredential[];
  /** What may satisfy the scheme of a name, the preferred first. */
  candidatesFor(name: string): readonly UsableCredential[];
  /** Whether one credential may stand for several schemes. */
  readonly areNamed: boolean;
}

/** @throws TypeError for what is no credential, or cannot be told apart */
export function readCredentials(credentials: Credentials): GivenCredentials {
  if (typeof credentials !== 'object' || credentials === null) {
    throw notCredentials();
  }
  const all = Object.values(credentials).map((one) => {
    if (!isCredential(one)) {
      throw notCredentials();
    }
    return one;
  });
  const areNamed = !Array.isArray(credentials);
  assertDistinct(all, areNamed);
  const named = new Map(Object.entries(credentials));
  return {
    all,
    areNamed,
    candidatesFor: (name) => {
      const one: unknown = named.get(name);
      return areNamed ? (isCredential(one) ? [one] : []) : all;
    },
  };
}

function assertDistinct(
  all: readonly UsableCredential[],
  areNamed: boolean,
): void {
  const kinds = all.map(({ kind }) => kind);
  if (kinds.filter((kind) => kind === 'mutualTls').length > 1) {
    throw new TypeError('credentials: a client has one client certificate');
  }
  if (!areNamed && new Set(kinds).size < kinds.length) {
    throw new TypeError(
      'credentials: those of the same kind have to be named by the schemes of the card, as { name: credential }',
    );
  }
}

function notCredentials(): TypeError {
  return new TypeError(
    'credentials must be what apiKey(), bearer(), basic(), oauth2ClientCredentials() or mutualTls() answers, in a list or by the name of a scheme',
  );
}
