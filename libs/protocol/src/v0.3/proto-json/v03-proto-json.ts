import { type Operation } from '../../operations/operation.js';
import { type StreamResponse } from '../../task/stream-response.js';
import { type V03Dialect, type V03EventInfo } from '../dialect.js';
import { PROTO_JSON_FORM } from '../form.js';
import { readEvent } from '../read/read-event.js';
import { requestReader } from '../read/read-request.js';
import { resultReader } from '../read/read-result.js';
import { readAsAnswer, readAsRequest } from '../read/v03-context.js';
import { writeEvent } from '../write/write-event.js';
import { protoJsonFieldName } from './field-names.js';
import { writeProtoJsonRequest } from './write-request.js';
import { writeProtoJsonResult } from './write-result.js';

/**
 * ProtoJSON of the 0.3 protocol buffers, for its HTTP+JSON and gRPC bindings.
 * Requests and answers are the messages of the procedures; what is in the path
 * of an HTTP+JSON request is their `name` or `parent`.
 *
 * What is lost on the way to 0.3 and back:
 * - `mediaType` and `filename` of a text or data part
 * - the metadata key `data_part_compat` of a data part, and metadata that are
 *   empty where its data are no object
 * - `referenceTaskIds` of a message
 * - the schemes of a webhook's authentication but for the first
 * - a `historyLength` of 0, which means the same as none
 *
 * A context that a task does not name is written as an empty text, which means
 * none. A push configuration that is created without an id gets a new UUID
 * here, as the protocol buffers want one.
 */
export const V03_PROTO_JSON: V03Dialect = Object.freeze({
  readRequest: (operation: Operation, params: unknown) =>
    readAsRequest(requestReader(operation), params, PROTO_JSON_FORM),
  writeResult: writeProtoJsonResult,
  writeEvent: (event: StreamResponse, info: V03EventInfo) =>
    writeEvent(event, info, PROTO_JSON_FORM),
  fieldName: protoJsonFieldName,
  writeRequest: writeProtoJsonRequest,
  readResult: (operation: Operation, result: unknown) =>
    readAsAnswer(resultReader(operation), result, PROTO_JSON_FORM),
  readEvent: (event: unknown) =>
    readAsAnswer(readEvent, event, PROTO_JSON_FORM),
});
