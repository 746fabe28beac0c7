import { type Operation } from '../../operations/operation.js';
import { type StreamResponse } from '../../task/stream-response.js';
import { type V03Dialect, type V03EventInfo } from '../dialect.js';
import { JSON_RPC_FORM } from '../form.js';
import { readEvent } from '../read/read-event.js';
import { requestReader } from '../read/read-request.js';
import { resultReader } from '../read/read-result.js';
import { readAsAnswer, readAsRequest } from '../read/v03-context.js';
import { writeEvent } from '../write/write-event.js';
import { jsonRpcFieldName } from './field-names.js';
import { writeJsonRpcRequest } from './write-request.js';
import { writeJsonRpcResult } from './write-result.js';

/**
 * The JSON-RPC binding of A2A 0.3, whose objects say in `kind` what they are.
 * Requests and answers are its `params` and `result`.
 *
 * What is lost on the way to 0.3 and back:
 * - `mediaType` and `filename` of a text or data part
 * - the metadata key `data_part_compat` of a data part, and metadata that are
 *   empty where its data are no object
 * - the schemes of a webhook's authentication but for the first
 * - `pageSize`, `pageToken` and `nextPageToken` of a list of push configurations
 *
 * A context that a task does not name is written as an empty text, which means
 * none.
 */
export const V03_JSON_RPC: V03Dialect = Object.freeze({
  readRequest: (operation: Operation, params: unknown) =>
    readAsRequest(requestReader(operation), params, JSON_RPC_FORM),
  writeResult: writeJsonRpcResult,
  writeEvent: (event: StreamResponse, info: V03EventInfo) =>
    writeEvent(event, info, JSON_RPC_FORM),
  fieldName: jsonRpcFieldName,
  writeRequest: writeJsonRpcRequest,
  readResult: (operation: Operation, result: unknown) =>
    readAsAnswer(resultReader(operation), result, JSON_RPC_FORM),
  readEvent: (event: unknown) => readAsAnswer(readEvent, event, JSON_RPC_FORM),
});
