import { type GrpcProcedure } from '../src/grpc/procedures.js';
import { GRPC_SERVICES } from '../src/grpc/services.js';
import { type Operation } from '../src/operations/operation.js';

export const V10 = GRPC_SERVICES['1.0'];
export const V03 = GRPC_SERVICES['0.3'];

/** The procedure of an operation. */
export function procedure(operation: Operation, service = V10): GrpcProcedure {
  const found = service.procedures.find((one) => one.operation === operation);
  if (!found) throw new TypeError(`${service.name} has no ${operation}`);
  return found;
}

/** What somebody throws. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown');
}
