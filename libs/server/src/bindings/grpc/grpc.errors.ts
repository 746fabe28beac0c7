/** Why an agent cannot answer gRPC. */
export type GrpcServerErrorCode = 'GRPC_PACKAGE_MISSING' | 'GRPC_CANNOT_LISTEN';

/** An agent that should answer gRPC cannot. Thrown while the application starts. */
export class GrpcServerError extends Error {
  override readonly name = 'GrpcServerError';

  constructor(
    readonly code: GrpcServerErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? {} : { cause });
  }
}
