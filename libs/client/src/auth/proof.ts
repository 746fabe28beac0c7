import { type TokenKeeper } from './token-keeper.js';

/** Where in a request a credential is shown. */
export interface Place {
  /** `connection`: shown when a connection is made, so that a request has nothing of it. */
  readonly in: 'header' | 'query' | 'cookie' | 'connection';
  readonly name: string;
}

/** What a proof is asked with. */
export interface ProofRequest {
  /** What stood in its place when the agent refused the request. */
  readonly refused: string | undefined;
  readonly tokens: TokenKeeper;
  readonly signal: AbortSignal;
}

/** One credential as one agent wants to see it. */
export interface Proof {
  readonly place: Place;
  /**
   * What is put there. Where something was refused, a fresh value if there is
   * any.
   *
   * @throws A2AClientError `no-credentials`, `token-unavailable`, `not-allowed`
   */
  value(request: ProofRequest): Promise<string>;
}

/** The place of what follows the word `Bearer` or `Basic` (RFC 9110 §11.6.2). */
export const AUTHORIZATION: Place = Object.freeze({
  in: 'header',
  name: 'Authorization',
});

/** Whether two proofs would overwrite each other. */
export function isSamePlace(one: Place, other: Place): boolean {
  const nameOf = ({ in: kind, name }: Place) =>
    kind === 'header' ? name.toLowerCase() : name;
  return one.in === other.in && nameOf(one) === nameOf(other);
}
