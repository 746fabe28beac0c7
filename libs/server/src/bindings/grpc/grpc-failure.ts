import { type A2AError } from '@nest-a2a/protocol';
import { challengeOf } from '../challenge-of.js';
import { type GrpcFailure } from './grpc-exchange.js';
import { type GrpcPackages } from './grpc-packages.js';

/** Trailers are small. */
const MAX_MESSAGE_LENGTH = 1_000;

/** An error in the form of gRPC, with what the HTTP headers of errors say as trailers. */
export function toGrpcFailure(
  error: A2AError,
  { grpc, protocol }: Pick<GrpcPackages, 'grpc' | 'protocol'>,
): GrpcFailure {
  const { toGrpcStatus, GRPC_METADATA } = protocol;
  const { code, message, details } = toGrpcStatus(error);
  const trailers = new grpc.Metadata();
  if (details) {
    trailers.set(GRPC_METADATA.statusDetails, Buffer.from(details));
  }
  if (error.retryAfterSeconds !== undefined) {
    trailers.set(GRPC_METADATA.retryAfter, String(error.retryAfterSeconds));
  }
  const challenge = challengeOf(error);
  if (challenge !== undefined) {
    trailers.set(GRPC_METADATA.challenge, ascii(challenge));
  }
  return { code, message: whole(message), trailers };
}

/** Metadata are of printable ASCII. */
export function ascii(text: string): string {
  return text.replace(/[^ -~]/g, '');
}

/** Half of a surrogate pair cannot be sent. */
function whole(text: string): string {
  return Buffer.from(text.slice(0, MAX_MESSAGE_LENGTH)).toString();
}
