export { fromV03Card } from './card/from-v03-card.js';
export { toV03Card, toV03ProtoCard } from './card/to-v03-card.js';
export { type V03Dialect, type V03EventInfo } from './dialect.js';
export {
  fromV03HttpErrorBody,
  toV03HttpErrorBody,
  V03_HTTP_STATUS,
  type V03HttpErrorBody,
} from './errors/http-errors.js';
export {
  fromV03JsonRpcError,
  toV03JsonRpcError,
} from './errors/json-rpc-errors.js';
export { V03_EXTENSIONS_HEADER } from './headers.js';
export { V03_JSON_RPC } from './json-rpc/v03-json-rpc.js';
export { operationOfV03Method, V03_JSON_RPC_METHODS } from './methods.js';
export { V03_PROTO_JSON } from './proto-json/v03-proto-json.js';
export { toV03Task } from './v03-task.js';
