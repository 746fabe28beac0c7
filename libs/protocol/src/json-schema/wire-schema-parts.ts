import { type ValidationLimits } from '../validation/parse-context.js';
import { type JsonSchema } from './json-schema.js';

/** The A2A names of what goes over the wire. */
export type WireSchemaName =
  | 'AgentCapabilities'
  | 'AgentCard'
  | 'AgentCardSignature'
  | 'AgentExtension'
  | 'AgentInterface'
  | 'AgentProvider'
  | 'AgentSkill'
  | 'Artifact'
  | 'AuthenticationInfo'
  | 'BadRequest'
  | 'CancelTaskRequest'
  | 'Error'
  | 'ErrorInfo'
  | 'ListTaskPushNotificationConfigsResponse'
  | 'ListTasksResponse'
  | 'Message'
  | 'OAuthFlows'
  | 'Part'
  | 'SecurityRequirement'
  | 'SecurityScheme'
  | 'SendMessageConfiguration'
  | 'SendMessageRequest'
  | 'SendMessageResponse'
  | 'StreamResponse'
  | 'Task'
  | 'TaskArtifactUpdateEvent'
  | 'TaskPushNotificationConfig'
  | 'TaskState'
  | 'TaskStatus'
  | 'TaskStatusUpdateEvent'
  | 'UserMessage';

/** What schemas are written with. */
export interface SchemaTools {
  readonly limits: ValidationLimits;
  /** Refers to another schema. */
  readonly ref: (name: WireSchemaName) => JsonSchema;
}
