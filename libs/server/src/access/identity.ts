import { isJsonObject } from '@nest-a2a/protocol';

/** Who a caller has proved to be. */
export interface Identity {
  /** Name of the security scheme, as on the agent card. */
  readonly scheme: string;
  /** Owns what the caller creates. */
  readonly principal: string;
  /** What the caller may do. */
  readonly scopes: readonly string[];
}

/** Where it stands on a request: a symbol, which no request can bring along. */
const IDENTITY = Symbol.for('@nest-a2a/server:IDENTITY');

/**
 * Says who sends a request, for what runs after: the default of the option
 * `principal`, and the requirements of skills. The option `authentication` does
 * that by itself; a guard of the application that knows scopes may.
 *
 * @param request the request of the platform, as guards get it
 */
export function identify(request: object, identity: Identity): void {
  Object.defineProperty(request, IDENTITY, {
    value: Object.freeze({ ...identity }),
    configurable: true,
  });
}

/** Who sends a request; `undefined` where nobody has found out. */
export function identityOf(request: unknown): Identity | undefined {
  return typeof request === 'object' && request !== null && IDENTITY in request
    ? (request as { [IDENTITY]: Identity })[IDENTITY]
    : undefined;
}

/** Leaves on the request what guards and resolvers of the application look for. */
export function setUser(request: object, user: object): void {
  if (isJsonObject(request)) {
    request.user = user;
  }
}
