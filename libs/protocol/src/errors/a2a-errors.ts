import { A2AError } from './a2a-error.js';
import { type FieldViolation } from './field-violation.js';

/** The task is not there, or not for this caller: the two look the same (A2A §3.3.2). */
export function taskNotFound(taskId: string): A2AError {
  return new A2AError('TASK_NOT_FOUND', 'Task not found', {
    metadata: { taskId },
  });
}

/** The task is finished, and not by being canceled (A2A §3.1.5). */
export function taskNotCancelable(taskId: string, state: string): A2AError {
  return new A2AError('TASK_NOT_CANCELABLE', 'Task cannot be canceled', {
    metadata: { taskId, state },
  });
}

/** The agent does not send push notifications (A2A §3.3.4). */
export function pushNotificationNotSupported(): A2AError {
  return new A2AError(
    'PUSH_NOTIFICATION_NOT_SUPPORTED',
    'Push notifications are not supported',
  );
}

/** The agent cannot do this, or not with this task (A2A §3.3.2). */
export function unsupportedOperation(
  message: string,
  metadata: Record<string, string> = {},
): A2AError {
  return new A2AError('UNSUPPORTED_OPERATION', message, { metadata });
}

/** A media type that the agent does not take (A2A §3.3.2). */
export function contentTypeNotSupported(mediaType: string): A2AError {
  return new A2AError(
    'CONTENT_TYPE_NOT_SUPPORTED',
    'Content type is not supported',
    { metadata: { mediaType } },
  );
}

/** An agent answered what is no valid answer (A2A §3.3.2). */
export function invalidAgentResponse(
  message: string,
  violations: readonly FieldViolation[] = [],
  cause?: unknown,
): A2AError {
  return new A2AError('INVALID_AGENT_RESPONSE', message, {
    violations,
    cause,
  });
}

/** The extended card is declared but there is none (A2A §3.1.11). */
export function extendedAgentCardNotConfigured(): A2AError {
  return new A2AError(
    'EXTENDED_AGENT_CARD_NOT_CONFIGURED',
    'Extended agent card is not configured',
  );
}

/** The client did not declare an extension that the agent requires (A2A §3.3.4). */
export function extensionSupportRequired(uri: string): A2AError {
  return new A2AError(
    'EXTENSION_SUPPORT_REQUIRED',
    'A required extension is not supported by the client',
    { metadata: { extension: uri } },
  );
}

/** The interface does not speak this version of the protocol (A2A §3.6.2). */
export function versionNotSupported(
  requestedVersion: string,
  supportedVersions: readonly string[],
): A2AError {
  return new A2AError(
    'VERSION_NOT_SUPPORTED',
    'Protocol version is not supported',
    {
      metadata: {
        requestedVersion,
        supportedVersions: supportedVersions.join(','),
      },
    },
  );
}

/** The body is not JSON. */
export function parseError(cause?: unknown): A2AError {
  return new A2AError('PARSE_ERROR', 'Invalid JSON payload', { cause });
}

/** The body is JSON, but no request. */
export function invalidRequest(
  message = 'Request payload validation error',
  violations: readonly FieldViolation[] = [],
): A2AError {
  return new A2AError('INVALID_REQUEST', message, { violations });
}

/** There is no such method or route. */
export function methodNotFound(): A2AError {
  return new A2AError('METHOD_NOT_FOUND', 'Method not found');
}

/** Fields of the request are wrong. */
export function invalidParams(violations: readonly FieldViolation[]): A2AError {
  return new A2AError('INVALID_PARAMS', 'Invalid parameters', { violations });
}

/** One field of the request is wrong. */
export function invalidParam(field: string, description: string): A2AError {
  return invalidParams([{ field, description }]);
}

/** Something failed inside. What it was stays in `cause`, for the log. */
export function internalError(cause?: unknown): A2AError {
  return new A2AError('INTERNAL', 'Internal error', { cause });
}

/**
 * The caller did not say, or not prove, who it is.
 *
 * @param challenge value of `WWW-Authenticate` (A2A §7.4)
 */
export function unauthenticated(challenge?: string): A2AError {
  return new A2AError(
    'UNAUTHENTICATED',
    'Authentication is required',
    challenge === undefined ? {} : { challenge },
  );
}

/** The caller may not do this. What it may not even see is {@link taskNotFound} instead. */
export function forbidden(): A2AError {
  return new A2AError('FORBIDDEN', 'Permission denied');
}

/** The caller sends too many requests. */
export function rateLimited(retryAfterSeconds: number): A2AError {
  return new A2AError('RATE_LIMITED', 'Too many requests', {
    retryAfterSeconds,
  });
}

/** The body is larger than the agent takes. */
export function bodyTooLarge(maxBytes: number): A2AError {
  return new A2AError('BODY_TOO_LARGE', 'Request body is too large', {
    metadata: { maxBytes: String(maxBytes) },
  });
}

/** The agent cannot answer now, but soon. */
export function unavailable(
  retryAfterSeconds: number,
  cause?: unknown,
): A2AError {
  return new A2AError('UNAVAILABLE', 'Temporarily unavailable', {
    retryAfterSeconds,
    cause,
  });
}
