import { type ClientCertificate } from '@nest-a2a/egress';
import { type Credential, UsableCredential } from './credential.js';
import { type Proof } from './proof.js';
import { type WantedScheme } from './wanted-scheme.js';

/**
 * A client certificate. It is shown to servers that ask for one when a connection
 * is made, so when the card is read too; only at origins that may get
 * credentials. A client has at most one.
 */
export function mutualTls(certificate: ClientCertificate): Credential {
  return new MutualTls(certificate);
}

/** {@link mutualTls}, as the connections use it. */
export class MutualTls extends UsableCredential {
  readonly kind = 'mutualTls';
  readonly #certificate: ClientCertificate;

  constructor(certificate: ClientCertificate) {
    super();
    this.#certificate = { ...certificate };
  }

  /** With its key: for connections only. */
  certificate(): ClientCertificate {
    return this.#certificate;
  }

  proofFor({ kind }: WantedScheme): Proof | undefined {
    return kind === 'mutualTls'
      ? { place: { in: 'connection', name: 'tls' }, value: async () => '' }
      : undefined;
  }
}
