/**
 * Why a card could not be signed, or is not to be trusted. The union is closed
 * and stable: recognise errors by it, never by the message.
 *
 * | code | meaning |
 * | --- | --- |
 * | `algorithm-not-allowed` | the signature names an algorithm that is not allowed, such as `none`, or that its key does not fit |
 * | `invalid-card` | what was received is no JSON object, or cannot be brought into the canonical form |
 * | `key-expired` | the key is known, but its time is over |
 * | `key-not-usable` | what was given as a key is none that signs or verifies cards |
 * | `key-not-yet-valid` | the key is known, but its time has not come |
 * | `key-revoked` | the key is known, and revoked |
 * | `malformed-signature` | an entry of `signatures` cannot be read |
 * | `not-signed` | the card has no signature |
 * | `signature-invalid` | the key is trusted, and the signature is not over this card |
 * | `unknown-key` | no signature names a key that is trusted |
 */
export type AgentCardSignatureErrorCode =
  | 'algorithm-not-allowed'
  | 'invalid-card'
  | 'key-expired'
  | 'key-not-usable'
  | 'key-not-yet-valid'
  | 'key-revoked'
  | 'malformed-signature'
  | 'not-signed'
  | 'signature-invalid'
  | 'unknown-key';

/** The facts of an {@link AgentCardSignatureError} besides its code. */
export interface AgentCardSignatureErrorFacts {
  /** The key that it is about. */
  kid?: string | undefined;
  cause?: unknown;
}

const IS_SIGNATURE_ERROR = Symbol.for(
  '@nest-a2a/protocol:AgentCardSignatureError',
);

/** A card cannot be signed, or its signatures do not prove where it comes from. Its message holds no key. */
export class AgentCardSignatureError extends Error {
  override readonly name = 'AgentCardSignatureError';
  /** The key that it is about, where it is about one. */
  readonly kid: string | undefined;
  /** Tells it across copies of this package, where `instanceof` cannot. */
  readonly [IS_SIGNATURE_ERROR] = true;

  constructor(
    readonly code: AgentCardSignatureErrorCode,
    message: string,
    { kid, cause }: AgentCardSignatureErrorFacts = {},
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.kid = kid;
  }
}

/** Whether a value is an {@link AgentCardSignatureError}, of this copy of the package or another. */
export function isAgentCardSignatureError(
  value: unknown,
): value is AgentCardSignatureError {
  return value instanceof Error && IS_SIGNATURE_ERROR in value;
}
