import {
  A2AError,
  type Operation,
  type ProtocolVersion,
} from '@nest-a2a/protocol';
import {
  GRPC_SERVICES,
  type GrpcProcedure,
  type GrpcService,
} from '@nest-a2a/protocol/grpc';
import { V03_PROTO_JSON } from '@nest-a2a/protocol/v0.3';

/** What differs between the versions over gRPC. */
export interface GrpcWire {
  readonly service: GrpcService;
  /** The JSON form of the request's message. @throws A2AError `UNSUPPORTED_OPERATION` */
  toMessage(operation: Operation, request: object): unknown;
  fromResult(operation: Operation, result: unknown): unknown;
  fromEvent(event: unknown): unknown;
}

/** The forms of each version. */
export const GRPC_WIRES: Readonly<Record<ProtocolVersion, GrpcWire>> =
  Object.freeze({
    '1.0': {
      service: GRPC_SERVICES['1.0'],
      toMessage: (_operation: Operation, request: object) => request,
      fromResult: (_operation: Operation, result: unknown) => result,
      fromEvent: (event: unknown) => event,
    },
    '0.3': {
      service: GRPC_SERVICES['0.3'],
      toMessage: (operation: Operation, request: object) =>
        V03_PROTO_JSON.writeRequest(operation, request),
      fromResult: (operation: Operation, result: unknown) =>
        V03_PROTO_JSON.readResult(operation, result),
      fromEvent: (event: unknown) => V03_PROTO_JSON.readEvent(event),
    },
  });

/** The procedure of an operation. @throws A2AError `UNSUPPORTED_OPERATION` */
export function procedureFor(
  { service }: GrpcWire,
  operation: Operation,
): GrpcProcedure {
  const found = service.procedures.find((one) => one.operation === operation);
  if (!found) {
    throw new A2AError(
      'UNSUPPORTED_OPERATION',
      `A2A ${service.version} has no ${operation} over gRPC`,
    );
  }
  return found;
}
