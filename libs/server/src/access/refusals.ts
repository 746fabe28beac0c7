import { A2AError, unauthenticated } from '@nest-a2a/protocol';
import { type Authenticator, type Rejected } from './authenticator.js';
import { isScope, withParams } from './challenge.js';

/** Why credentials were no good: the cause of the error that the caller gets, for the audit log. */
export class RejectedCredentials extends Error {
  override readonly name = 'RejectedCredentials';

  constructor(readonly reason: string) {
    super(`Credentials were rejected: ${reason}`);
  }
}

/** Nobody has said who it is: all ways to do so. */
export function credentialsMissing(
  authentication: readonly Pick<Authenticator, 'challenge'>[],
): A2AError {
  const challenges = authentication.map(({ challenge }) => challenge);
  return unauthenticated(challenges.join(', ') || undefined);
}

/** Credentials that are no good. */
export function credentialsRejected(
  { challenge }: Pick<Authenticator, 'challenge'>,
  { rejected, params = {} }: Rejected,
): A2AError {
  return new A2AError('UNAUTHENTICATED', 'The credentials are not valid', {
    challenge: withParams(challenge, params),
    cause: new RejectedCredentials(rejected),
  });
}

/**
 * The caller is known and may not do this (RFC 6750 §3.1).
 *
 * @param needed all scopes that it takes
 * @param missing those that the caller has not
 */
export function insufficientScope(
  challenge: string,
  needed: readonly string[],
  missing: readonly string[],
): A2AError {
  const params = {
    error: 'insufficient_scope',
    scope: needed.filter(isScope).join(' '),
  };
  return new A2AError('FORBIDDEN', `Missing scope: ${missing.join(', ')}`, {
    challenge: withParams(challenge, params),
  });
}
