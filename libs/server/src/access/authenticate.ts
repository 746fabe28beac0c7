import { type A2AError } from '@nest-a2a/protocol';
import { askApplication } from './ask-application.js';
import {
  type Authenticated,
  type Authenticator,
  type CredentialRequest,
} from './authenticator.js';
import { identify, type Identity, setUser } from './identity.js';
import {
  credentialsMissing,
  credentialsRejected,
  insufficientScope,
} from './refusals.js';

/**
 * Finds out who sends a request and leaves it there. The first authenticator
 * that finds credentials of its kind decides.
 *
 * @throws A2AError `UNAUTHENTICATED`, `FORBIDDEN` where a scope is missing
 */
export async function authenticate(
  authentication: readonly Authenticator[],
  request: CredentialRequest,
): Promise<void> {
  let refusal: A2AError | undefined;
  for (const authenticator of authentication) {
    const found = await askApplication(() =>
      authenticator.authenticate(request),
    );
    if (found && 'rejected' in found) {
      refusal ??= credentialsRejected(authenticator, found);
      if (!found.mayBeOthers) break;
    } else if (found) {
      return accept(authenticator, found, request);
    }
  }
  throw refusal ?? credentialsMissing(authentication);
}

/** Who it is stands on the request also where a scope is missing: the audit log names the caller. */
function accept(
  { name, scopes, challenge }: Authenticator,
  found: Authenticated,
  request: CredentialRequest,
): void {
  const identity = readIdentity(name, found);
  identify(request, identity);
  setUser(request, found.user ?? { sub: identity.principal });
  const missing = scopes.filter((scope) => !identity.scopes.includes(scope));
  if (missing.length > 0) {
    throw insufficientScope(challenge, scopes, missing);
  }
}

/** @throws TypeError for nobody: what nobody owns is shared */
function readIdentity(scheme: string, found: Authenticated): Identity {
  const { principal, scopes } = found;
  if (typeof principal !== 'string' || principal === '') {
    throw new TypeError(
      `The authenticator "${scheme}" must answer a principal that is a text and not empty`,
    );
  }
  return { scheme, principal, scopes };
}
