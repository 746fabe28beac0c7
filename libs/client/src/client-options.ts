import { type EgressPolicy } from '@nest-a2a/egress';
import { type ProtocolBinding, type ProtocolVersion } from '@nest-a2a/protocol';
import { type Credentials } from './auth/given-credentials.js';
import { type BindingConnector } from './bindings/binding-connector.js';
import { type RetryOptions } from './calls/retry-options.js';
import { type CardValidator } from './card/card-reader.js';
import { type CardVerificationOptions } from './card/verify-card.js';
import { type ClientInterceptor } from './interceptors/client-interceptor.js';

/** A binding that a client can be told to use: `GRPC` only where it was given one. */
export type ClientBindingName = ProtocolBinding;

/**
 * Options of a client. The fields of {@link EgressPolicy} are about hosts that
 * the agent card names; the origin of the URL that was given to `connect` need
 * not obey them. A card that was given as an object has no such origin, so all
 * its interfaces have to.
 */
export interface A2AClientOptions extends EgressPolicy {
  /** The only binding to use. @default the first of the card's interfaces that the client speaks, in the preferred version */
  readonly binding?: ClientBindingName | undefined;

  /**
   * The only versions of the protocol to use, the preferred first.
   * @default ['1.0', '0.3']
   */
  readonly versions?: readonly ProtocolVersion[] | undefined;

  /**
   * Bindings besides JSON-RPC and HTTP+JSON, such as gRPC, which has its own entry
   * point; one of those two takes the place of the client's own, see `httpBindings`.
   * @default []
   */
  readonly bindings?: readonly BindingConnector[] | undefined;

  /**
   * Milliseconds for a call that names none: for the whole answer, or for the
   * response headers where the answer is a stream. `Infinity` for no limit. A
   * blocking `send` has no limit unless it names one.
   * @default 30000
   */
  readonly timeoutMs?: number | undefined;

  /** See and change each request, the first outermost. @default [] */
  readonly interceptors?: readonly ClientInterceptor[] | undefined;

  /**
   * What proves to the agent who calls: a list, of which each scheme of the card
   * is given what fits it, or by the names that the card gives its schemes.
   * @default none: requests are sent without
   */
  readonly credentials?: Credentials | undefined;

  /**
   * Origins (`https://api.example.com`) that may get the client's credentials,
   * besides that of the URL given to `connect`. What a card names gets none
   * elsewhere.
   * @default []
   */
  readonly credentialOrigins?: readonly string[] | undefined;

  /**
   * How often a call is tried; `false` for once. What may have had an effect is
   * never sent a second time, see the code `outcome-unknown`.
   * @default DEFAULT_RETRY_OPTIONS
   */
  readonly retry?: RetryOptions | false | undefined;

  /** Milliseconds until there is a connection to an interface; afterwards the next is tried. @default 5000 */
  readonly connectTimeoutMs?: number | undefined;

  /**
   * Milliseconds without an event or a sign of life after which a stream counts
   * as broken, and is resumed. `Infinity` for no limit.
   * @default 300000
   */
  readonly streamIdleMs?: number | undefined;

  /**
   * Milliseconds for which it is tried to resume a stream that broke, each time;
   * 0 lets it fail at once.
   * @default 120000
   */
  readonly streamResumeMs?: number | undefined;

  /** Bytes of one event of a stream. @default 10485760 (10 MiB) */
  readonly maxEventBytes?: number | undefined;

  /** Bytes of one answer. @default 134217728 (128 MiB) */
  readonly maxResponseBytes?: number | undefined;

  /** URIs of extensions that every request declares (`A2A-Extensions`, for 0.3 `X-A2A-Extensions`). @default [] */
  readonly extensions?: readonly string[] | undefined;

  /**
   * Makes sure where the agent's card comes from before anything else is
   * believed of it. The extended card is not signed.
   * @default the card is believed as it comes
   */
  readonly verifyCard?: CardVerificationOptions | undefined;

  /**
   * Looks at each card before it is used, after its signatures: what it throws
   * refuses the card (`card-refused`).
   */
  readonly cardValidator?: CardValidator | undefined;

  /**
   * Whether the card for callers that the agent knows takes the place of the
   * public one, where there is one (A2A §3.1.11). With `verifyCard` its
   * interfaces and security schemes do not count, as it is not signed.
   * @default false
   */
  readonly extendedCard?: boolean | undefined;

  /**
   * Headers of requests for the card, which go to the URL that was given to
   * `connect`: for agents that do not show their card to everybody.
   * @default {}
   */
  readonly cardHeaders?: Readonly<Record<string, string>> | undefined;

  /** Bytes of a card. @default 1048576 (1 MiB) */
  readonly maxCardBytes?: number | undefined;

  /** Ends connecting early; of no meaning afterwards. */
  readonly signal?: AbortSignal | undefined;
}

/** The values of omitted options. */
export const DEFAULT_CLIENT_OPTIONS = Object.freeze({
  versions: Object.freeze(['1.0', '0.3'] as const),
  timeoutMs: 30_000,
  connectTimeoutMs: 5_000,
  streamIdleMs: 300_000,
  streamResumeMs: 120_000,
  maxCardBytes: 1_048_576,
  maxEventBytes: 10 * 1_048_576,
  maxResponseBytes: 128 * 1_048_576,
});

/** Options of every call. */
export interface CallOptions {
  /**
   * Milliseconds for the whole answer, or for the response headers where the
   * answer is a stream. `Infinity` for no limit.
   * @default the client's `timeoutMs`
   */
  timeoutMs?: number | undefined;

  /** Ends the call early: it fails with the code `aborted`. */
  signal?: AbortSignal | undefined;

  /** How often the call is tried; `false` for once. @default the client's `retry` */
  retry?: RetryOptions | false | undefined;

  /** URIs of extensions that the request declares, besides those of the client. @default [] */
  extensions?: readonly string[] | undefined;
}
