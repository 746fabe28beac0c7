import { type EgressPolicy } from '@nest-a2a/egress';
import { type ProtocolBinding, type ProtocolVersion } from '@nest-a2a/protocol';
import { type BindingConnector } from './bindings/binding-connector.js';
import { type CardVerificationOptions } from './card/verify-card.js';

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

  /** Bindings besides JSON-RPC and HTTP+JSON, each of which has its own entry point. @default [] */
  readonly bindings?: readonly BindingConnector[] | undefined;

  /**
   * Milliseconds for a call that names none: for the whole answer, or for the
   * response headers where the answer is a stream. `Infinity` for no limit. A
   * blocking `send` has no limit unless it names one.
   * @default 30000
   */
  readonly timeoutMs?: number | undefined;

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

  /** Ends connecting early; of no meaning afterwards. */
  readonly signal?: AbortSignal | undefined;
}

/** The values of omitted options. */
export const DEFAULT_CLIENT_OPTIONS = Object.freeze({
  versions: Object.freeze(['1.0', '0.3'] as const),
  timeoutMs: 30_000,
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

  /** URIs of extensions that the request declares, besides those of the client. @default [] */
  extensions?: readonly string[] | undefined;
}
