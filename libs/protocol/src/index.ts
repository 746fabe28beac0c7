export {
  type AgentCapabilities,
  type AgentCard,
  type AgentCardSignature,
  type AgentExtension,
  type AgentInterface,
  type AgentProvider,
  type AgentSkill,
  type ProtocolBinding,
} from './agent-card/agent-card.js';
export {
  AGENT_CARD_FIELDS,
  parseAgentCard,
} from './agent-card/parse-agent-card.js';
export {
  type ApiKeySecurityScheme,
  type HttpAuthSecurityScheme,
  type MutualTlsSecurityScheme,
  type OAuth2SecurityScheme,
  type OAuthFlow,
  type OAuthFlows,
  type OpenIdConnectSecurityScheme,
  type SecurityRequirement,
  type SecurityScheme,
} from './agent-card/security-scheme.js';
export {
  AgentCardSignatureError,
  type AgentCardSignatureErrorCode,
  type AgentCardSignatureErrorFacts,
  isAgentCardSignatureError,
} from './agent-card/signing/agent-card-signature-error.js';
export { type CardPayloadForm } from './agent-card/signing/card-payload.js';
export { type Jwk, type JwkSet } from './agent-card/signing/json-web-key.js';
export {
  signAgentCard,
  type SignAgentCardOptions,
} from './agent-card/signing/sign-agent-card.js';
export { type SignatureAlgorithm } from './agent-card/signing/signature-algorithms.js';
export {
  type KeyPair,
  type KeyPairOptions,
  newKeyPair,
} from './agent-card/signing/new-key-pair.js';
export {
  createSigningKey,
  type SigningKey,
  type SigningKeyInput,
  toJwkSet,
} from './agent-card/signing/signing-keys.js';
export {
  readRemoteKeys,
  readTrustedKeys,
  type TrustedKey,
  type TrustedKeyInput,
  type TrustedKeys,
} from './agent-card/signing/trusted-keys.js';
export {
  keyUrlsOf,
  type VerifiedAgentCard,
  verifyAgentCard,
  type VerifyAgentCardOptions,
} from './agent-card/signing/verify-agent-card.js';
export {
  A2AError,
  type A2AErrorCode,
  type A2AErrorFacts,
  isA2AError,
} from './errors/a2a-error.js';
export {
  bodyTooLarge,
  contentTypeNotSupported,
  extendedAgentCardNotConfigured,
  extensionSupportRequired,
  forbidden,
  internalError,
  invalidAgentResponse,
  invalidParam,
  invalidParams,
  invalidRequest,
  methodNotFound,
  parseError,
  pushNotificationNotSupported,
  rateLimited,
  taskNotCancelable,
  taskNotFound,
  unauthenticated,
  unavailable,
  unsupportedOperation,
  versionNotSupported,
} from './errors/a2a-errors.js';
export {
  A2A_ERROR_DOMAIN,
  type ErrorDetail,
  fromErrorDetails,
  type ReadErrorDetails,
  toErrorDetails,
} from './errors/error-details.js';
export { type FieldViolation } from './errors/field-violation.js';
export {
  GRPC_ERRORS,
  type GrpcErrorRow,
  type GrpcStatusName,
} from './errors/grpc-errors.js';
export {
  fromHttpErrorBody,
  HTTP_ERRORS,
  type HttpErrorBody,
  toHttpErrorBody,
} from './errors/http-errors.js';
export {
  fromJsonRpcError,
  JSON_RPC_ERRORS,
  type JsonRpcError,
  type JsonRpcErrorRow,
  toJsonRpcError,
} from './errors/json-rpc-errors.js';
export { newId } from './ids.js';
export {
  type JsonRpcId,
  jsonRpcIdOf,
  type JsonRpcRequest,
  type JsonRpcResponse,
  parseJsonRpcRequest,
} from './json-rpc/json-rpc.js';
export { type JsonSchema } from './json-schema/json-schema.js';
export { type WireSchemaName } from './json-schema/wire-schema-parts.js';
export {
  queryParameterSchemas,
  type WireSchemaOptions,
  wireSchemas,
} from './json-schema/wire-schemas.js';
export { type JsonObject, type JsonValue } from './json.js';
export { type Message, MESSAGE_ROLES, type Role } from './message/message.js';
export { messageParser, partsParser } from './message/parse-message.js';
export {
  type DataPart,
  type Part,
  type PartInfo,
  type PartKind,
  partKind,
  type RawPart,
  type TextPart,
  textOf,
  type UrlPart,
} from './message/part.js';
export {
  isOperation,
  type Operation,
  OPERATIONS,
} from './operations/operation.js';
export {
  IDEMPOTENT_SEND_EXTENSION,
  toIdempotentSendExtension,
} from './operations/idempotent-send-extension.js';
export { parseRequest, type RequestOf } from './operations/parse-requests.js';
export {
  parseListTaskPushNotificationConfigsResponse,
  parseListTasksResponse,
  parseTaskPushNotificationConfig,
  parseSendMessageResponse,
  parseStreamResponse,
  parseTask,
} from './operations/parse-responses.js';
export {
  type CancelTaskRequest,
  type GetExtendedAgentCardRequest,
  type GetTaskRequest,
  type ListTaskPushNotificationConfigsRequest,
  type ListTaskPushNotificationConfigsResponse,
  type ListTasksRequest,
  type ListTasksResponse,
  type SendMessageConfiguration,
  type SendMessageRequest,
  type SubscribeToTaskRequest,
  type TaskPushNotificationConfigRequest,
} from './operations/requests.js';
export {
  type AuthenticationInfo,
  type TaskPushNotificationConfig,
} from './push/push-notification-config.js';
export {
  A2A_EXTENSIONS_HEADER,
  A2A_MEDIA_TYPE,
  A2A_VERSION_HEADER,
  AGENT_CARD_PATH,
  parseHeaderList,
  parseProtocolVersion,
  type ProtocolVersion,
  RESYNC_METADATA,
} from './service-parameters.js';
export { artifactParser, taskParser } from './task/parse-task.js';
export {
  type SendMessageResponse,
  type StreamResponse,
  type StreamResponseKind,
  type TaskArtifactUpdateEvent,
  type TaskStatusUpdateEvent,
} from './task/stream-response.js';
export { type SnapshotOptions, TaskFold } from './task/task-fold.js';
export {
  canTransition,
  isInterrupted,
  isTaskState,
  isTerminal,
  TASK_STATES,
  type TaskState,
} from './task/task-state.js';
export { type Artifact, type Task, type TaskStatus } from './task/task.js';
export { parseTimestamp, toTimestamp } from './timestamps.js';
export { isJsonObject } from './validation/json-value.js';
export { type ListSize } from './validation/list.js';
export {
  type Field,
  type Fields,
  type RequiredField,
} from './validation/object.js';
export { type Members, type OneOfOptions } from './validation/one-of.js';
export {
  DEFAULT_VALIDATION_LIMITS,
  ParseContext,
  type Parser,
  type Strictness,
  type ValidationLimits,
} from './validation/parse-context.js';
export { schema } from './validation/schema.js';
export {
  parseWebhookChoice,
  toWebhookChoiceUri,
  WEBHOOK_EXTENSION,
  WEBHOOK_SELECTIONS,
  type WebhookChoice,
  type WebhookSelection,
} from './webhook/webhook-extension.js';
export {
  toWebhookKeysExtension,
  WEBHOOK_KEYS_EXTENSION,
  webhookKeysUrlOf,
} from './webhook/webhook-keys-extension.js';
export {
  isWebhookSigned,
  readWebhookSecret,
  type SignedWebhook,
  signWebhook,
} from './webhook/webhook-signature.js';
export {
  createWebhookToken,
  isWebhookToken,
  type NewWebhookToken,
  type WebhookTokenExpectation,
  type WebhookTokenSubject,
} from './webhook/webhook-token.js';
