/**
 * Names of attributes: those of the OpenTelemetry semantic conventions (1.45),
 * and our own where these have none.
 */
export const A2A_ATTRIBUTES = Object.freeze({
  rpcSystem: 'rpc.system.name',
  rpcMethod: 'rpc.method',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  urlScheme: 'url.scheme',
  httpMethod: 'http.request.method',
  httpStatus: 'http.response.status_code',
  errorType: 'error.type',
  messagingSystem: 'messaging.system',
  messagingOperation: 'messaging.operation.name',
  messagingOperationType: 'messaging.operation.type',
  messagingDestination: 'messaging.destination.name',
  dbSystem: 'db.system.name',
  dbOperation: 'db.operation.name',
  agentName: 'a2a.agent.name',
  binding: 'a2a.binding',
  version: 'a2a.protocol.version',
  isStream: 'a2a.stream',
  taskId: 'a2a.task.id',
  taskState: 'a2a.task.state',
  contextId: 'a2a.context.id',
  turn: 'a2a.turn',
  turnOutcome: 'a2a.turn.outcome',
  isTakenOver: 'a2a.turn.taken_over',
  attempt: 'a2a.attempt',
  webhookId: 'a2a.webhook.id',
  webhookOutcome: 'a2a.webhook.outcome',
  isRedelivery: 'a2a.webhook.redelivery',
  eventSequence: 'a2a.event.sequence',
});

/** Names of metrics. Times are in seconds. */
export const A2A_METRICS = Object.freeze({
  operationDuration: 'rpc.server.call.duration',
  activeStreams: 'a2a.server.stream.active',
  taskTransitions: 'a2a.server.task.transitions',
  activeTurns: 'a2a.server.turn.active',
  turnDuration: 'a2a.server.turn.duration',
  turnWait: 'a2a.server.turn.wait',
  webhookDuration: 'a2a.server.webhook.duration',
  webhookLag: 'a2a.server.webhook.lag',
  webhooksWaiting: 'a2a.server.webhook.waiting',
  webhookOldestAge: 'a2a.server.webhook.oldest_age',
  storeDuration: 'a2a.server.store.duration',
});

/** Values of `rpc.system.name`; the conventions know none for HTTP+JSON. */
export const RPC_SYSTEMS = Object.freeze({
  JSONRPC: 'jsonrpc',
  GRPC: 'grpc',
  'HTTP+JSON': 'http_json',
});

/** Values of `db.system.name` by the name of the runtime; that itself for any other. */
export const DB_SYSTEMS: Readonly<Record<string, string>> = Object.freeze({
  postgres: 'postgresql',
});

/** The value of `messaging.system`: turns come out of our own queue. */
export const MESSAGING_SYSTEM = 'nest_a2a';
