import {
  type A2AError,
  fromJsonRpcError,
  type Operation,
  type ProtocolVersion,
} from '@nest-a2a/protocol';
import {
  fromV03JsonRpcError,
  V03_JSON_RPC,
  V03_JSON_RPC_METHODS,
} from '@nest-a2a/protocol/v0.3';

/** What differs between the versions over JSON-RPC. */
export interface JsonRpcWire {
  /** @throws A2AError `UNSUPPORTED_OPERATION` for what the version cannot ask */
  toParams(operation: Operation, request: object): object;
  methodOf(operation: Operation): string;
  fromResult(operation: Operation, result: unknown): unknown;
  fromEvent(event: unknown): unknown;
  fromError(error: unknown, httpStatus?: number): A2AError;
}

/** The forms of each version. */
export const JSON_RPC_WIRES: Readonly<Record<ProtocolVersion, JsonRpcWire>> =
  Object.freeze({
    '1.0': {
      toParams: (_operation: Operation, request: object) => request,
      methodOf: (operation: Operation) => operation,
      fromResult: (_operation: Operation, result: unknown) => result,
      fromEvent: (event: unknown) => event,
      fromError: fromJsonRpcError,
    },
    '0.3': {
      toParams: (operation: Operation, request: object) =>
        V03_JSON_RPC.writeRequest(operation, request) as object,
      methodOf: (operation: Operation) =>
        V03_JSON_RPC_METHODS[operation] ?? operation,
      fromResult: (operation: Operation, result: unknown) =>
        V03_JSON_RPC.readResult(operation, result),
      fromEvent: (event: unknown) => V03_JSON_RPC.readEvent(event),
      fromError: fromV03JsonRpcError,
    },
  });
