import { A2AError, isJsonObject } from '@nest-a2a/protocol';
import { type GrpcPackages } from './grpc-packages.js';

/**
 * What guards and interceptors made for gRPC throw is an `RpcException` with a
 * status of gRPC in it. Anything else is answered as it is.
 */
export function readRpcException(
  thrown: unknown,
  { protocol }: Pick<GrpcPackages, 'protocol'>,
): unknown {
  const status = statusIn(thrown);
  if (!status || !(thrown instanceof Error)) {
    return thrown;
  }
  const { code, message } = protocol.fromGrpcStatus({
    code: status.code,
    message: status.message ?? thrown.message,
  });
  return code === 'INTERNAL'
    ? thrown
    : new A2AError(code, message, { cause: thrown });
}

function statusIn(
  thrown: unknown,
): { code: number; message: string | undefined } | undefined {
  const { getError } = (thrown ?? {}) as { getError?: () => unknown };
  const error =
    typeof getError === 'function' ? getError.call(thrown) : undefined;
  if (!isJsonObject(error) || typeof error.code !== 'number') {
    return undefined;
  }
  const { code, message } = error;
  return { code, message: typeof message === 'string' ? message : undefined };
}
