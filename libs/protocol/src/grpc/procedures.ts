import { type DescMethod } from '@bufbuild/protobuf';
import { A2AError, isA2AError } from '../errors/a2a-error.js';
import { internalError, invalidAgentResponse } from '../errors/a2a-errors.js';
import { type Operation } from '../operations/operation.js';
import { decoderOf, encodeMessage } from './message-codec.js';

/**
 * One procedure of a service: the bytes of its messages, and the JSON form of
 * the protocol version that the service belongs to. What is decoded is not
 * validated.
 */
export interface GrpcProcedure {
  readonly operation: Operation;
  /** Its name in the service, such as `GetTask`. */
  readonly name: string;
  /** Such as `/lf.a2a.v1.A2AService/GetTask`. */
  readonly path: string;
  /** Whether the answer is a stream. */
  readonly isStreaming: boolean;
  /** @throws A2AError `INVALID_PARAMS` for what is no such request */
  encodeRequest(request: unknown): Uint8Array;
  /** @throws A2AError `INVALID_REQUEST`, `INVALID_PARAMS` */
  decodeRequest(bytes: Uint8Array): unknown;
  /** @throws A2AError `INTERNAL` for what is no such answer */
  encodeResponse(response: unknown): Uint8Array;
  /** @throws A2AError `INVALID_AGENT_RESPONSE` */
  decodeResponse(bytes: Uint8Array): unknown;
}

/** Makes a procedure of a method. @param read what else is done to a request that was decoded */
export function procedureOf(
  operation: Operation,
  method: DescMethod,
  read: (request: unknown) => unknown = (request) => request,
): GrpcProcedure {
  const { input, output, name, parent } = method;
  const decodeInput = decoderOf(input);
  const decodeOutput = decoderOf(output);
  return Object.freeze({
    operation,
    name,
    path: `/${parent.typeName}/${name}`,
    isStreaming: method.methodKind === 'server_streaming',
    encodeRequest: (request: unknown) =>
      orThrow(
        () => encodeMessage(input, request),
        (cause) =>
          new A2AError('INVALID_PARAMS', 'Invalid parameters', { cause }),
      ),
    decodeRequest: (bytes: Uint8Array) => read(decodeInput(bytes)),
    encodeResponse: (response: unknown) =>
      orThrow(() => encodeMessage(output, response), internalError),
    decodeResponse: (bytes: Uint8Array) =>
      orThrow(() => decodeOutput(bytes), unreadable),
  });
}

function orThrow<T>(make: () => T, toError: (cause: unknown) => Error): T {
  try {
    return make();
  } catch (error) {
    throw toError(error);
  }
}

function unreadable(cause: unknown): Error {
  const violations = isA2AError(cause) ? cause.violations : [];
  return invalidAgentResponse('The answer cannot be read', violations, cause);
}
