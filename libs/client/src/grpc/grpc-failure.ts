import { type ServiceError, status as Status } from '@grpc/grpc-js';
import { type A2AError } from '@nest-a2a/protocol';
import { fromGrpcStatus, GRPC_METADATA } from '@nest-a2a/protocol/grpc';
import { A2AClientError } from '../errors/a2a-client-error.js';
import { withHttpFacts } from '../http/http-facts.js';

/** How `@grpc/grpc-js` begins to tell of a message that is larger than it takes. */
const TOO_LARGE = /^Received message (?:larger|that decompresses)/;

/** How it begins to tell that there never was a connection. */
const UNCONNECTED = /^(?:No connection established|Name resolution failed)/;

/** How it begins to tell of a stream that the other side has broken off. */
const RESET = /^Received RST_STREAM/;

/** What is known of a call besides its status. */
export interface CallFacts {
  readonly signal: AbortSignal;
  /** Whether the agent had begun to answer. */
  readonly hasHeaders: boolean;
  readonly tooLarge: () => A2AClientError;
}

/**
 * What a call that failed means. What the agent says against the call is known by
 * the reason in the details, else by the status (A2A §10.6).
 */
export function fromServiceError(
  error: ServiceError,
  { signal, hasHeaders, tooLarge }: CallFacts,
): Error {
  if (signal.aborted) {
    const cause: unknown = signal.reason;
    return new A2AClientError('aborted', 'The call was aborted', { cause });
  }
  const { code, details } = error;
  // An agent that refuses a request as too large may use the same words.
  if (
    hasHeaders &&
    code === Status.RESOURCE_EXHAUSTED &&
    TOO_LARGE.test(details)
  ) {
    return tooLarge();
  }
  return wayFailure(error) ?? agentError(error);
}

/** What went wrong on the way, if it was the way. */
function wayFailure(error: ServiceError): A2AClientError | undefined {
  const { code, details, metadata } = error;
  if (code === Status.DEADLINE_EXCEEDED) {
    return new A2AClientError('timeout', 'The agent did not answer in time', {
      cause: error,
    });
  }
  // An agent that has no time says when to come again.
  const isSaid = [GRPC_METADATA.retryAfter, GRPC_METADATA.statusDetails].some(
    (name) => metadata.get(name).length > 0,
  );
  const isBroken =
    (code === Status.UNAVAILABLE && !isSaid) ||
    // Not by us.
    code === Status.CANCELLED ||
    (code === Status.INTERNAL && RESET.test(details));
  return isBroken ? connectionFailed(error) : undefined;
}

function connectionFailed(cause: ServiceError): A2AClientError {
  const isUnsent = UNCONNECTED.test(cause.details);
  return new A2AClientError(
    'connection-failed',
    'The agent cannot be called: no gRPC connection, or it broke before the answer was complete',
    { cause, isUnsent },
  );
}

function agentError({ code, details, metadata }: ServiceError): A2AError {
  const [bytes] = metadata.get(GRPC_METADATA.statusDetails);
  const error = fromGrpcStatus({
    code,
    message: details,
    ...(Buffer.isBuffer(bytes) && { details: bytes }),
  });
  const [retryAfter] = metadata.get(GRPC_METADATA.retryAfter);
  const [challenge] = metadata.get(GRPC_METADATA.challenge);
  const headers = {
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    ...(challenge !== undefined && { 'www-authenticate': String(challenge) }),
  };
  return withHttpFacts(error, { headers });
}
