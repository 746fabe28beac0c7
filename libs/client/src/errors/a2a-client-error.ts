/**
 * What went wrong on the way to an agent and back. The union is closed and
 * stable: recognise errors by it, never by the message.
 *
 * | code | meaning |
 * | --- | --- |
 * | `aborted` | the caller's signal fired; `cause` is its reason |
 * | `card-not-trusted` | the card's signatures do not prove where it comes from; `cause` says why |
 * | `card-refused` | the option `cardValidator` refused the card; `cause` is what it threw |
 * | `card-unavailable` | nothing that is an agent card was found at the URL |
 * | `closed` | the client is closed |
 * | `connection-failed` | no connection, or it broke before the answer was complete |
 * | `event-too-large` | one event of a stream is larger than `maxEventBytes` |
 * | `gateway-failed` | what stands before the agent could not reach it (HTTP 502, 504) |
 * | `invalid-response` | what came back is not an answer of the binding |
 * | `no-credentials` | the agent wants credentials that the client does not have |
 * | `no-interface` | agent and client have no binding and version in common |
 * | `not-connected` | the client was made by `create` and has not read the card yet |
 * | `not-allowed` | the card names a destination that the policy refuses; no connection was made |
 * | `outcome-unknown` | the request was sent and no answer came: it may have had its effect, or not; `cause` says what happened |
 * | `response-too-large` | the answer is larger than `maxResponseBytes` |
 * | `timeout` | no answer in time |
 * | `token-unavailable` | the authorization server gave no access token: `status` where it answered, else `cause`; nothing was sent to the agent |
 */
export type A2AClientErrorCode =
  | 'aborted'
  | 'card-not-trusted'
  | 'card-refused'
  | 'card-unavailable'
  | 'closed'
  | 'connection-failed'
  | 'event-too-large'
  | 'gateway-failed'
  | 'invalid-response'
  | 'no-credentials'
  | 'no-interface'
  | 'not-allowed'
  | 'not-connected'
  | 'outcome-unknown'
  | 'response-too-large'
  | 'timeout'
  | 'token-unavailable';

/** The facts of an {@link A2AClientError} besides its code. */
export interface A2AClientErrorFacts {
  /** The HTTP status, where there was an answer. */
  status?: number;
  /** True where nothing of the request can have reached the agent. */
  isUnsent?: boolean;
  /** The id of the message whose outcome is unknown. */
  messageId?: string | undefined;
  cause?: unknown;
}

const IS_CLIENT_ERROR = Symbol.for('@nest-a2a/client:A2AClientError');

/**
 * A call failed on its way. What the agent itself has to say against a call is
 * an `A2AError` of `@nest-a2a/protocol`.
 */
export class A2AClientError extends Error {
  override readonly name = 'A2AClientError';
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** True where nothing of the request can have reached the agent. */
  readonly isUnsent: boolean;
  /** The id of the message whose outcome is unknown: sent again with it, it is the same message. */
  readonly messageId: string | undefined;
  /** Tells it across copies of this package, where `instanceof` cannot. */
  readonly [IS_CLIENT_ERROR] = true;

  constructor(
    readonly code: A2AClientErrorCode,
    message: string,
    { status, isUnsent = false, messageId, cause }: A2AClientErrorFacts = {},
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.status = status;
    this.isUnsent = isUnsent;
    this.messageId = messageId;
  }
}

/** Whether a value is an {@link A2AClientError}, of this copy of the package or another. */
export function isA2AClientError(value: unknown): value is A2AClientError {
  return value instanceof Error && IS_CLIENT_ERROR in value;
}
