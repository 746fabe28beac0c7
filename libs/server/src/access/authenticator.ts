import { type SecurityScheme } from '@nest-a2a/protocol';

/** What an authenticator sees of a request: that of Express or Fastify, or a call over gRPC with its metadata as headers. */
export interface CredentialRequest {
  readonly headers: Readonly<
    Partial<Record<string, string | readonly string[]>>
  >;
  readonly url: string;
  /** Express: the URL before routers cut it. */
  readonly originalUrl?: string;
}

/** A caller whose credentials are good. */
export interface Authenticated {
  /** Owns what the caller creates. Not empty. */
  readonly principal: string;
  readonly scopes: readonly string[];
  /** Becomes `request.user`. @default `{ sub: principal }` */
  readonly user?: object;
}

/** Credentials that are no good. */
export interface Rejected {
  /** Why, in one word, for the audit log. Callers are not told. */
  readonly rejected: string;
  /** What the challenge says about it, such as `{ error: 'invalid_token' }`. */
  readonly params?: Readonly<Record<string, string>>;
  /** Whether another authenticator may know them. @default false */
  readonly mayBeOthers?: boolean;
}

/**
 * One way for callers to say who they are, for the option `authentication`.
 * `apiKey` and `jwtBearer` of `@nest-a2a/server/auth` make such; an application
 * may bring its own.
 */
export interface Authenticator {
  /** Name of the security scheme on the agent card. */
  readonly name: string;
  /** How the card describes it. */
  readonly scheme: SecurityScheme;
  /** Scopes that every caller needs. The card names them. */
  readonly scopes: readonly string[];
  /** How callers are asked for it (`WWW-Authenticate`): a scheme and its parameters, such as `Bearer realm="A2A"`. */
  readonly challenge: string;
  /** Prepares it before the application takes requests. What it throws stops the start. */
  open?(): Promise<void>;
  /**
   * Looks for its kind of credentials in a request.
   *
   * @returns `undefined` where there are none of its kind
   * @throws A2AError where nobody can know now, such as `UNAVAILABLE`
   */
  authenticate(
    request: CredentialRequest,
  ):
    | Authenticated
    | Rejected
    | undefined
    | Promise<Authenticated | Rejected | undefined>;
}
