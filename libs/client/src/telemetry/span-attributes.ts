/**
 * Names of attributes: those of the OpenTelemetry semantic conventions for RPC
 * (1.45), and our own where these have none.
 */
export const SPAN_ATTRIBUTES = Object.freeze({
  system: 'rpc.system.name',
  method: 'rpc.method',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  errorType: 'error.type',
  httpStatus: 'http.response.status_code',
  agentName: 'a2a.agent.name',
  binding: 'a2a.binding',
  version: 'a2a.protocol.version',
  attempt: 'a2a.attempt',
  isStream: 'a2a.stream',
  streamEvents: 'a2a.stream.events',
});

/** Values of `rpc.system.name`; the conventions know none for HTTP+JSON. */
export const RPC_SYSTEMS: Readonly<Record<string, string>> = Object.freeze({
  JSONRPC: 'jsonrpc',
  GRPC: 'grpc',
  'HTTP+JSON': 'http_json',
});
