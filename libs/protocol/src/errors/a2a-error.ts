import { type FieldViolation } from './field-violation.js';

/**
 * Everything that can go wrong between a client and an agent: the errors of
 * A2A §3.3.2, those of the bindings' own levels, and three of ours (the last).
 */
export type A2AErrorCode =
  | 'TASK_NOT_FOUND'
  | 'TASK_NOT_CANCELABLE'
  | 'PUSH_NOTIFICATION_NOT_SUPPORTED'
  | 'UNSUPPORTED_OPERATION'
  | 'CONTENT_TYPE_NOT_SUPPORTED'
  | 'INVALID_AGENT_RESPONSE'
  | 'EXTENDED_AGENT_CARD_NOT_CONFIGURED'
  | 'EXTENSION_SUPPORT_REQUIRED'
  | 'VERSION_NOT_SUPPORTED'
  | 'PARSE_ERROR'
  | 'INVALID_REQUEST'
  | 'METHOD_NOT_FOUND'
  | 'INVALID_PARAMS'
  | 'INTERNAL'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BODY_TOO_LARGE'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE';

/** The facts of an {@link A2AError} besides its code. */
export interface A2AErrorFacts {
  /** What is wrong with which field. */
  violations?: readonly FieldViolation[];
  /** Facts for programs, such as `taskId`; strings only (`google.rpc.ErrorInfo.metadata`). */
  metadata?: Readonly<Record<string, string>>;
  /** When to try again. */
  retryAfterSeconds?: number;
  /** How to authenticate, the value of `WWW-Authenticate`. */
  challenge?: string;
  cause?: unknown;
}

const IS_A2A_ERROR = Symbol.for('@nest-a2a/protocol:A2AError');

/**
 * An error of the protocol. It knows nothing of a binding: each binding has one
 * table from `code` to its wire form. The message is for the other side and
 * holds no internals.
 */
export class A2AError extends Error {
  override readonly name = 'A2AError';
  readonly violations: readonly FieldViolation[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly retryAfterSeconds: number | undefined;
  readonly challenge: string | undefined;
  /** Tells it across copies of this package, where `instanceof` cannot. */
  readonly [IS_A2A_ERROR] = true;

  constructor(
    readonly code: A2AErrorCode,
    message: string,
    facts: A2AErrorFacts = {},
  ) {
    super(message, facts.cause === undefined ? {} : { cause: facts.cause });
    this.violations = facts.violations ?? [];
    this.metadata = facts.metadata ?? {};
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.challenge = facts.challenge;
  }
}

/** Whether a value is an {@link A2AError}, of this copy of the package or another. */
export function isA2AError(value: unknown): value is A2AError {
  return value instanceof Error && IS_A2A_ERROR in value;
}
