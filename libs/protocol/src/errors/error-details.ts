import { isJsonObject } from '../validation/json-value.js';
import { type A2AError, type A2AErrorCode } from './a2a-error.js';
import { type FieldViolation } from './field-violation.js';

/** The domain of every reason that A2A defines (A2A §10.6). */
export const A2A_ERROR_DOMAIN = 'a2a-protocol.org';

const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';

/** Machine-readable facts of an error, in the JSON form of `google.protobuf.Any`. */
export type ErrorDetail =
  | {
      '@type': typeof ERROR_INFO;
      reason: string;
      domain: string;
      metadata: Record<string, string>;
    }
  | { '@type': typeof BAD_REQUEST; fieldViolations: FieldViolation[] };

/** The codes that A2A itself defines: for these the code is the reason. */
const A2A_REASONS: readonly A2AErrorCode[] = [
  'TASK_NOT_FOUND',
  'TASK_NOT_CANCELABLE',
  'PUSH_NOTIFICATION_NOT_SUPPORTED',
  'UNSUPPORTED_OPERATION',
  'CONTENT_TYPE_NOT_SUPPORTED',
  'INVALID_AGENT_RESPONSE',
  'EXTENDED_AGENT_CARD_NOT_CONFIGURED',
  'EXTENSION_SUPPORT_REQUIRED',
  'VERSION_NOT_SUPPORTED',
];

/** The details that every binding sends along (A2A §9.5, §10.6, §11.6). */
export function toErrorDetails(error: A2AError): ErrorDetail[] {
  const details: ErrorDetail[] = [];
  if (A2A_REASONS.includes(error.code)) {
    details.push({
      '@type': ERROR_INFO,
      reason: error.code,
      domain: A2A_ERROR_DOMAIN,
      metadata: { ...error.metadata },
    });
  }
  if (error.violations.length > 0) {
    details.push({
      '@type': BAD_REQUEST,
      fieldViolations: [...error.violations],
    });
  }
  return details;
}

/** What {@link fromErrorDetails} could read. */
export interface ReadErrorDetails {
  /** The reason, where it is one of A2A. */
  reason?: A2AErrorCode;
  metadata: Record<string, string>;
  violations: FieldViolation[];
}

/** Reads the details that another implementation sent: a list, a single object, or nothing. */
export function fromErrorDetails(details: unknown): ReadErrorDetails {
  const read: ReadErrorDetails = { metadata: {}, violations: [] };
  for (const detail of [details ?? []].flat().filter(isJsonObject)) {
    readErrorInfo(detail, read);
    readBadRequest(detail, read);
  }
  return read;
}

function readErrorInfo(
  detail: Record<string, unknown>,
  read: ReadErrorDetails,
): void {
  const reason = A2A_REASONS.find((known) => known === detail.reason);
  if (detail.domain !== A2A_ERROR_DOMAIN || !reason) {
    return;
  }
  read.reason = reason;
  read.metadata = { ...read.metadata, ...textsOf(detail.metadata) };
}

/** The members that are texts; `__proto__` is a key like any other. */
function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(isJsonObject(value) ? value : {});
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

function readBadRequest(
  detail: Record<string, unknown>,
  read: ReadErrorDetails,
): void {
  if (!Array.isArray(detail.fieldViolations)) {
    return;
  }
  for (const violation of detail.fieldViolations.filter(isJsonObject)) {
    const { field, description } = violation;
    if (typeof field === 'string' && typeof description === 'string') {
      read.violations.push({ field, description });
    }
  }
}
