import {
  create,
  type DescMessage,
  fromBinary,
  toBinary,
} from '@bufbuild/protobuf';
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt';
import { A2AError, type A2AErrorCode } from '../errors/a2a-error.js';
import {
  type ErrorDetail,
  fromErrorDetails,
  toErrorDetails,
} from '../errors/error-details.js';
import { GRPC_ERRORS } from '../errors/grpc-errors.js';
import { isJsonObject } from '../validation/json-value.js';
import {
  BadRequestSchema,
  ErrorInfoSchema,
} from './generated/google/rpc/error_details_pb.js';
import { StatusSchema } from './generated/google/rpc/status_pb.js';
import { decoderOf, encodeMessage } from './message-codec.js';

/** What a call that failed ends with. */
export interface GrpcStatus {
  /** The number of the gRPC status. */
  code: number;
  message: string;
  /** The bytes of a `google.rpc.Status`; none where they would say nothing more. */
  details?: Uint8Array;
}

/** Many clients refuse trailers of more than 8 KiB, all fields together. */
const MAX_DETAILS_BYTES = 4_096;

/** The kinds of details that we know, by their types. */
const DETAILS = new Map(
  [ErrorInfoSchema, BadRequestSchema].map((schema: DescMessage) => [
    `type.googleapis.com/${schema.typeName}`,
    { schema, decode: decoderOf(schema) },
  ]),
);

/** An error in the form of gRPC (A2A §10.6). Of very many violations only the first are told. */
export function toGrpcStatus(error: A2AError): GrpcStatus {
  const { code } = GRPC_ERRORS[error.code];
  const { message } = error;
  const details = detailsThatFit(error, error.violations.length);
  return details === undefined ? { code, message } : { code, message, details };
}

function detailsThatFit(error: A2AError, most: number): Uint8Array | undefined {
  const violations = error.violations.slice(0, most);
  const { metadata } = error;
  const told = new A2AError(error.code, error.message, {
    violations,
    metadata,
  });
  const details = toErrorDetails(told);
  if (details.length === 0) {
    return undefined;
  }
  const bytes = statusBytes(told, details);
  if (bytes.length <= MAX_DETAILS_BYTES) {
    return bytes;
  }
  return most > 0 ? detailsThatFit(error, Math.floor(most / 2)) : undefined;
}

function statusBytes(
  error: A2AError,
  details: readonly ErrorDetail[],
): Uint8Array {
  const status = create(StatusSchema, {
    code: GRPC_ERRORS[error.code].code,
    message: error.message,
    details: details.flatMap(toAny),
  });
  return toBinary(StatusSchema, status);
}

function toAny(detail: ErrorDetail): Any[] {
  const typeUrl = detail['@type'];
  const { schema } = DETAILS.get(typeUrl) ?? {};
  return schema
    ? [create(AnySchema, { typeUrl, value: encodeMessage(schema, detail) })]
    : [];
}

/** What a status means where its details do not say more. */
const BY_STATUS: Readonly<Record<number, A2AErrorCode>> = {
  3: 'INVALID_PARAMS',
  5: 'TASK_NOT_FOUND',
  7: 'FORBIDDEN',
  8: 'RATE_LIMITED',
  9: 'UNSUPPORTED_OPERATION',
  12: 'METHOD_NOT_FOUND',
  14: 'UNAVAILABLE',
  16: 'UNAUTHENTICATED',
};

/**
 * Reads the status that a call has ended with, whoever sent it. The reason in
 * its details decides, then its code.
 */
export function fromGrpcStatus({
  code,
  message,
  details,
}: GrpcStatus): A2AError {
  const { reason, ...facts } = fromErrorDetails(readDetails(details));
  const known = Object.hasOwn(BY_STATUS, code) ? BY_STATUS[code] : undefined;
  const text = message === '' ? `gRPC status ${code}` : message;
  return new A2AError(reason ?? known ?? 'INTERNAL', text, facts);
}

/** The details that we know, in their JSON form; what cannot be read is left out. */
function readDetails(bytes: Uint8Array | undefined): unknown[] {
  if (!bytes) {
    return [];
  }
  try {
    const { details } = fromBinary(StatusSchema, bytes);
    return details.flatMap(fromAny);
  } catch {
    return [];
  }
}

function fromAny({ typeUrl, value }: Any): unknown[] {
  const json = DETAILS.get(typeUrl)?.decode(value);
  return isJsonObject(json) ? [json] : [];
}
