import { type Role } from '../message/message.js';
import { type TaskState } from '../task/task-state.js';

/** What the two forms of A2A 0.3 call differently inside of messages, tasks and events. */
export interface V03Form {
  /** A `kind` member says what an object is; otherwise the name of the member that holds it. */
  readonly hasKinds: boolean;
  /** The parts of a message; those of an artifact are `parts` in both. */
  readonly messageParts: 'parts' | 'content';
  readonly bytes: 'bytes' | 'fileWithBytes';
  readonly uri: 'uri' | 'fileWithUri';
  /** The push notification configuration in a send request. */
  readonly sendPushConfig: 'pushNotificationConfig' | 'pushNotification';
  /** A length of history of 0 is the same as none given: the field has no presence. */
  readonly isZeroUnset: boolean;
  readonly roles: Readonly<Record<Role, string>>;
  readonly states: Readonly<Record<TaskState, string>>;
}

/** The `kind` shapes of the JSON-RPC binding and of webhooks. */
export const JSON_RPC_FORM: V03Form = Object.freeze({
  hasKinds: true,
  messageParts: 'parts',
  bytes: 'bytes',
  uri: 'uri',
  sendPushConfig: 'pushNotificationConfig',
  isZeroUnset: false,
  roles: { ROLE_USER: 'user', ROLE_AGENT: 'agent' },
  states: {
    TASK_STATE_SUBMITTED: 'submitted',
    TASK_STATE_WORKING: 'working',
    TASK_STATE_COMPLETED: 'completed',
    TASK_STATE_FAILED: 'failed',
    TASK_STATE_CANCELED: 'canceled',
    TASK_STATE_INPUT_REQUIRED: 'input-required',
    TASK_STATE_REJECTED: 'rejected',
    TASK_STATE_AUTH_REQUIRED: 'auth-required',
  },
});

/** ProtoJSON of the 0.3 protocol buffers: the HTTP+JSON and gRPC bindings. */
export const PROTO_JSON_FORM: V03Form = Object.freeze({
  hasKinds: false,
  messageParts: 'content',
  bytes: 'fileWithBytes',
  uri: 'fileWithUri',
  sendPushConfig: 'pushNotification',
  isZeroUnset: true,
  roles: { ROLE_USER: 'ROLE_USER', ROLE_AGENT: 'ROLE_AGENT' },
  states: {
    TASK_STATE_SUBMITTED: 'TASK_STATE_SUBMITTED',
    TASK_STATE_WORKING: 'TASK_STATE_WORKING',
    TASK_STATE_COMPLETED: 'TASK_STATE_COMPLETED',
    TASK_STATE_FAILED: 'TASK_STATE_FAILED',
    // Two letters L, unlike 1.0.
    TASK_STATE_CANCELED: 'TASK_STATE_CANCELLED',
    TASK_STATE_INPUT_REQUIRED: 'TASK_STATE_INPUT_REQUIRED',
    TASK_STATE_REJECTED: 'TASK_STATE_REJECTED',
    TASK_STATE_AUTH_REQUIRED: 'TASK_STATE_AUTH_REQUIRED',
  },
});
