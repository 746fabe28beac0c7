import { isJsonObject } from '@nest-a2a/protocol';
import { identityOf } from './identity.js';

/** Who calls, where the application does not say: who has authenticated here, else whom a guard has left on the request. */
export function principalOf(request: unknown): string | undefined {
  return identityOf(request)?.principal ?? principalOfUser(request);
}

/**
 * The principal that an authentication guard usually leaves on the request:
 * `request.user.sub`, else `request.user.id`.
 *
 * @throws TypeError for an id that is neither text nor a number: its owner must not become nobody, who shares what they own
 */
export function principalOfUser(request: unknown): string | undefined {
  const user = isJsonObject(request) ? request.user : undefined;
  const id = isJsonObject(user) ? (user.sub ?? user.id ?? '') : '';
  if (typeof id !== 'string' && typeof id !== 'number') {
    throw new TypeError(
      `The id of request.user is of the type ${typeof id}: the option "principal" has to say who calls`,
    );
  }
  return String(id);
}
