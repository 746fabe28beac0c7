import { type Operation } from '../operations/operation.js';
import { type StreamResponse } from '../task/stream-response.js';

/** What the writer of an event knows besides the event. */
export interface V03EventInfo {
  /** The stream ends after this event: becomes `final`. */
  isLast: boolean;
}

/**
 * How one form of A2A 0.3 says what A2A 1.0 says, at both ends. Nothing it
 * reads is validated: the 1.0 parsers do that with what comes out. What they
 * could not see any more, such as a state that 1.0 does not know, is refused
 * here.
 */
export interface V03Dialect {
  /**
   * Server: a request of 0.3 as one of 1.0. Takes any JSON value.
   *
   * @throws A2AError `INVALID_PARAMS` with names of 0.3
   */
  readRequest(operation: Operation, params: unknown): unknown;

  /** Server: the answer to an operation. */
  writeResult(operation: Operation, result: object): unknown;

  /** Server: an event of a stream. */
  writeEvent(event: StreamResponse, info: V03EventInfo): object;

  /** Server: the name in 0.3 of a field of a 1.0 request, such as that of a violation. */
  fieldName(operation: Operation, path: string): string;

  /** Client: a request of 1.0 as one of 0.3. */
  writeRequest(operation: Operation, request: object): unknown;

  /** Client: the answer to an operation as one of 1.0. Takes any JSON value. */
  readResult(operation: Operation, result: unknown): unknown;

  /** Client: an event of a stream as a `StreamResponse`. Takes any JSON value. */
  readEvent(event: unknown): unknown;
}
