import {
  A2A_MEDIA_TYPE,
  type A2AError,
  HTTP_ERRORS,
  JSON_RPC_ERRORS,
  type Operation,
  parseRequest,
  type ProtocolVersion,
  type RequestOf,
  type StreamResponse,
  toHttpErrorBody,
  toJsonRpcError,
} from '@nest-a2a/protocol';
import {
  toV03HttpErrorBody,
  toV03JsonRpcError,
  V03_JSON_RPC,
  V03_PROTO_JSON,
} from '@nest-a2a/protocol/v0.3';
import { type RoutedRequest } from './read-route.js';
import { type FakeBinding } from './received-request.js';

/** An answer with the status of HTTP. */
export interface WireError {
  readonly status: number;
  readonly body: unknown;
}

/** How answers are said to one request: in the words of its version and binding. */
export class FakeWire {
  readonly mediaType: string;

  constructor(
    private readonly version: ProtocolVersion,
    private readonly binding: FakeBinding,
    private readonly rpcId: unknown,
  ) {
    const isBare = version === '1.0' && binding === 'HTTP+JSON';
    this.mediaType = isBare ? A2A_MEDIA_TYPE : 'application/json';
  }

  /** The request in the form of A2A 1.0. @throws A2AError `INVALID_PARAMS` */
  read({ operation, params }: RoutedRequest): RequestOf[Operation] {
    const request =
      this.version === '1.0'
        ? params
        : this.dialect.readRequest(operation, params);
    return parseRequest(operation, request);
  }

  result(operation: Operation, result: object): unknown {
    return this.wrap(
      this.version === '1.0'
        ? result
        : this.dialect.writeResult(operation, result),
    );
  }

  event(event: StreamResponse, isLast: boolean): unknown {
    return this.wrap(
      this.version === '1.0'
        ? event
        : this.dialect.writeEvent(event, { isLast }),
    );
  }

  error(error: A2AError): WireError {
    const isOld = this.version === '0.3';
    if (this.binding === 'HTTP+JSON') {
      const body = isOld ? toV03HttpErrorBody(error) : toHttpErrorBody(error);
      return { status: HTTP_ERRORS[error.code], body };
    }
    const said = isOld ? toV03JsonRpcError(error) : toJsonRpcError(error);
    return {
      status: JSON_RPC_ERRORS[error.code].httpStatus,
      body: { jsonrpc: '2.0', id: this.rpcId, error: said },
    };
  }

  private get dialect() {
    return this.binding === 'JSONRPC' ? V03_JSON_RPC : V03_PROTO_JSON;
  }

  private wrap(result: unknown): unknown {
    return this.binding === 'JSONRPC'
      ? { jsonrpc: '2.0', id: this.rpcId, result }
      : result;
  }
}
