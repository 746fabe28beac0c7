export {
  A2AError,
  type A2AErrorCode,
  type AgentCard,
  type AgentInterface,
  type Artifact,
  isA2AError,
  type Message,
  type Part,
  type Task,
} from '@nest-a2a/protocol';
export { A2AClient } from './a2a-client.js';
export { apiKey, type ApiKeyOptions } from './auth/api-key.js';
export { basic } from './auth/basic.js';
export { bearer } from './auth/bearer.js';
export { type Credential, type CredentialKind } from './auth/credential.js';
export { type Credentials } from './auth/given-credentials.js';
export { mutualTls } from './auth/mutual-tls.js';
export {
  oauth2ClientCredentials,
  type OAuth2ClientCredentialsOptions,
} from './auth/oauth2-client-credentials.js';
export { type Secret, type SecretRequest } from './auth/secret.js';
export {
  type BindingConnector,
  type BindingContext,
} from './bindings/binding-connector.js';
export {
  type AnswerLimits,
  type BindingCall,
  type ClientBinding,
  type StreamFrame,
} from './bindings/client-binding.js';
export { httpBindings } from './bindings/http-connectors.js';
export { type CardValidator } from './card/card-reader.js';
export {
  type CardSignaturePolicy,
  type CardVerificationOptions,
} from './card/verify-card.js';
export {
  type A2AClientOptions,
  type CallOptions,
  type ClientBindingName,
  DEFAULT_CLIENT_OPTIONS,
} from './client-options.js';
export { type StreamOptions } from './connection/agent-connection.js';
export {
  Conversation,
  type ConversationOptions,
} from './conversation/conversation.js';
export {
  DEFAULT_RETRY_OPTIONS,
  type RetryOptions,
} from './calls/retry-options.js';
export {
  type HttpRequest,
  type HttpResponse,
  type HttpTransport,
} from './http/http-transport.js';
export {
  type CallAnswer,
  type ClientInterceptor,
  type OutgoingCall,
} from './interceptors/client-interceptor.js';
export { type ConnectTarget } from './connection/open-connection.js';
export {
  A2AClientError,
  type A2AClientErrorCode,
  type A2AClientErrorFacts,
  isA2AClientError,
} from './errors/a2a-client-error.js';
export { type MessageInput, type SendInput } from './messages/message-input.js';
export {
  type PushConfigInput,
  type SendOptions,
  type StreamMessageOptions,
} from './messages/send-options.js';
export { type TaskStateName } from './results/state-name.js';
export { StreamEvent, type StreamEventKind } from './results/stream-event.js';
export { type FilePart, TaskResult } from './results/task-result.js';
export {
  type GetTaskOptions,
  type ListTasksQuery,
  type PushConfigsQuery,
  type TaskPage,
  type WaitOptions,
} from './task-queries.js';
export {
  createMemoryWebhookStore,
  DEFAULT_MEMORY_WEBHOOK_STORE_OPTIONS,
  type MemoryWebhookStoreOptions,
} from './webhooks/memory-webhook-store.js';
export { type WebhookHandler } from './webhooks/handled-once.js';
export { type WebhookAnswer } from './webhooks/webhook-answer.js';
export { type WebhookBody } from './webhooks/webhook-body.js';
export {
  isWebhookError,
  WebhookError,
  type WebhookErrorCode,
} from './webhooks/webhook-error.js';
export { type WebhookHeaders } from './webhooks/webhook-headers.js';
export {
  type WebhookGap,
  WebhookNotification,
} from './webhooks/webhook-notification.js';
export {
  DEFAULT_WEBHOOK_RECEIVER_OPTIONS,
  type JwtCheckOptions,
  type SecretLookup,
  type SenderKeys,
  type SharedSecret,
  type SignatureCheckOptions,
  type WebhookReceiverOptions,
  type WebhookRegistration,
} from './webhooks/webhook-receiver-options.js';
export {
  createWebhookReceiver,
  type WebhookReceiver,
} from './webhooks/webhook-receiver.js';
export { type WebhookRequest } from './webhooks/webhook-request.js';
export {
  type WebhookClaim,
  type WebhookStore,
} from './webhooks/webhook-store.js';
