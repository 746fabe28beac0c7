import {
  type EgressPolicy,
  type OriginCertificate,
  type ResolveHost,
} from '@nest-a2a/egress';
import { isA2AError } from '@nest-a2a/protocol';
import { A2AClientError } from '../errors/a2a-client-error.js';
import {
  type CallAnswer,
  type ClientInterceptor,
  type OutgoingCall,
} from '../interceptors/client-interceptor.js';
import { chooseProofs, type ChosenProofs } from './choose-proofs.js';
import {
  type Credentials,
  type GivenCredentials,
  readCredentials,
} from './given-credentials.js';
import { type MutualTls } from './mutual-tls.js';
import { type OAuth2Client } from './oauth2-client-credentials.js';
import { type Proof } from './proof.js';
import { type ShownProof, showProofs } from './show-proofs.js';
import { TokenEndpoint } from './token-endpoint.js';
import { TokenKeeper } from './token-keeper.js';

/** Where credentials may go, and tokens come from. */
export interface AuthReach {
  readonly policy: EgressPolicy;
  readonly credentialOrigins: readonly string[];
  /** @default the resolver of the operating system */
  readonly resolve?: ResolveHost | undefined;
}

/**
 * Shows the credentials of a client to its agent as the card wants to see them.
 * It belongs behind all other interceptors, so that none of them sees a value.
 */
export class ClientAuth {
  readonly #given: GivenCredentials;
  readonly #endpoint: TokenEndpoint;
  readonly #tokens: TokenKeeper;
  readonly #credentialOrigins: readonly string[];

  /** @throws TypeError for credentials that make no sense */
  constructor(
    credentials: Credentials,
    { policy, credentialOrigins, resolve }: AuthReach,
  ) {
    this.#given = readCredentials(credentials);
    this.#credentialOrigins = credentialOrigins;
    const tokenUrls = this.#given.all.flatMap((one) =>
      isOAuth2Client(one) && one.tokenUrl !== undefined ? [one.tokenUrl] : [],
    );
    this.#endpoint = new TokenEndpoint({
      policy,
      credentialOrigins,
      tokenUrls,
      resolve,
    });
    this.#tokens = new TokenKeeper((request) => this.#endpoint.fetch(request));
  }

  /** What connections are made with. */
  get clientCertificate(): OriginCertificate | undefined {
    const credential = this.#given.all.find(isMutualTls);
    return (
      credential && {
        ...credential.certificate(),
        origins: this.#credentialOrigins,
      }
    );
  }

  /**
   * A request that the agent refuses (401) goes once more where there are fresh
   * values: it had no effect.
   *
   * @throws A2AClientError `no-credentials`, `token-unavailable`, `not-allowed`
   */
  readonly intercept: ClientInterceptor = async (call, next) => {
    const proofs = proofsToShow(call, chooseProofs(call, this.#given));
    if (proofs.length === 0) {
      return next(call);
    }
    const shown = await this.#valuesOf(proofs, call);
    try {
      return await next(showProofs(call, shown));
    } catch (error) {
      if (!isA2AError(error) || error.code !== 'UNAUTHENTICATED') {
        throw error;
      }
      return this.#repeat(call, next, { shown, error });
    }
  };

  /** Fails requests for tokens that are under way. Idempotent. */
  close(): Promise<void> {
    return this.#endpoint.close();
  }

  async #repeat(
    call: OutgoingCall,
    next: Parameters<ClientInterceptor>[1],
    { shown, error }: { shown: readonly ShownProof[]; error: Error },
  ): Promise<CallAnswer> {
    const proofs = shown.map(({ proof }) => proof);
    const refused = shown.map(({ value }) => value);
    const fresh = await this.#valuesOf(proofs, call, refused);
    if (fresh.every(({ value }, index) => value === refused[index])) {
      throw error;
    }
    return next(showProofs(call, fresh));
  }

  async #valuesOf(
    proofs: readonly Proof[],
    { signal }: OutgoingCall,
    refused: readonly string[] = [],
  ): Promise<ShownProof[]> {
    const tokens = this.#tokens;
    try {
      return await Promise.all(
        proofs.map(async (proof, index) => ({
          proof,
          value: await proof.value({ refused: refused[index], tokens, signal }),
        })),
      );
    } catch (cause) {
      if (!signal.aborted) {
        throw cause;
      }
      const reason = 'The call was ended before it was sent';
      throw new A2AClientError('aborted', reason, { isUnsent: true, cause });
    }
  }
}

function proofsToShow(
  { isTrusted }: OutgoingCall,
  { proofs, areOptional }: ChosenProofs,
): readonly Proof[] {
  if (isTrusted || proofs.length === 0) {
    return proofs;
  }
  if (areOptional) {
    return [];
  }
  throw new A2AClientError(
    'not-allowed',
    'The interface that the card names is not at the origin of the URL that was given, and gets no credentials: the option credentialOrigins opens further origins',
  );
}

function isMutualTls(credential: { kind: string }): credential is MutualTls {
  return credential.kind === 'mutualTls';
}

function isOAuth2Client(credential: {
  kind: string;
}): credential is OAuth2Client {
  return credential.kind === 'oauth2ClientCredentials';
}
