import {
  type A2AErrorCode,
  type Operation,
  type WireSchemaName,
} from '@nest-a2a/protocol';
import { type AgentDefinition } from '../agents/agent-definition.js';

/** What is said about an operation, wherever its routes are. */
export interface OperationDoc {
  readonly summary: string;
  readonly description?: string;
  readonly request?: WireSchemaName;
  /** Whether there may be no body. @default false */
  readonly isRequestOptional?: boolean;
  /** `undefined` for an empty object. */
  readonly answer?: WireSchemaName;
  /** Whether the answer is a stream. @default false */
  readonly isStream?: boolean;
  /** Errors besides those that any operation may have. */
  readonly errors: readonly A2AErrorCode[];
  /** Whether an agent has it. @default always */
  readonly isServed?: (agent: AgentDefinition) => boolean;
}

const sendsWebhooks = (agent: AgentDefinition) => agent.pushNotifications;
const streams = (agent: AgentDefinition) => agent.streaming;

const PUSH_CONFIG = 'TaskPushNotificationConfig';
const SEND_ERRORS: readonly A2AErrorCode[] = [
  'TASK_NOT_FOUND',
  'UNSUPPORTED_OPERATION',
  'PUSH_NOTIFICATION_NOT_SUPPORTED',
];

/** What is said about each operation. */
export const OPERATION_DOCS: Readonly<Record<Operation, OperationDoc>> =
  Object.freeze({
    SendMessage: {
      summary: 'Send a message',
      description:
        'Waits for the end of the turn, unless `configuration.returnImmediately` is set. ' +
        'The same `messageId` again has no second effect.',
      request: 'SendMessageRequest',
      answer: 'SendMessageResponse',
      errors: SEND_ERRORS,
    },
    SendStreamingMessage: {
      summary: 'Send a message and follow the task',
      request: 'SendMessageRequest',
      answer: 'StreamResponse',
      isStream: true,
      errors: SEND_ERRORS,
      isServed: streams,
    },
    GetTask: {
      summary: 'Get a task',
      answer: 'Task',
      errors: ['TASK_NOT_FOUND'],
    },
    ListTasks: {
      summary: 'List tasks, the newest first',
      answer: 'ListTasksResponse',
      errors: [],
    },
    CancelTask: {
      summary: 'Cancel a task',
      request: 'CancelTaskRequest',
      isRequestOptional: true,
      answer: 'Task',
      errors: ['TASK_NOT_FOUND', 'TASK_NOT_CANCELABLE'],
    },
    SubscribeToTask: {
      summary: 'Follow a task from now on',
      answer: 'StreamResponse',
      isStream: true,
      errors: ['TASK_NOT_FOUND', 'UNSUPPORTED_OPERATION'],
      isServed: streams,
    },
    CreateTaskPushNotificationConfig: {
      summary: 'Register a webhook for a task',
      request: PUSH_CONFIG,
      answer: PUSH_CONFIG,
      errors: ['TASK_NOT_FOUND'],
      isServed: sendsWebhooks,
    },
    GetTaskPushNotificationConfig: {
      summary: 'Get a webhook of a task',
      answer: PUSH_CONFIG,
      errors: ['TASK_NOT_FOUND'],
      isServed: sendsWebhooks,
    },
    ListTaskPushNotificationConfigs: {
      summary: 'List the webhooks of a task',
      answer: 'ListTaskPushNotificationConfigsResponse',
      errors: ['TASK_NOT_FOUND'],
      isServed: sendsWebhooks,
    },
    DeleteTaskPushNotificationConfig: {
      summary: 'Remove a webhook of a task',
      errors: ['TASK_NOT_FOUND'],
      isServed: sendsWebhooks,
    },
    GetExtendedAgentCard: {
      summary: 'Get the agent card for this caller',
      answer: 'AgentCard',
      errors: ['UNSUPPORTED_OPERATION', 'EXTENDED_AGENT_CARD_NOT_CONFIGURED'],
      isServed: ({ extendedAgentCard }: AgentDefinition) =>
        extendedAgentCard !== undefined,
    },
  });
