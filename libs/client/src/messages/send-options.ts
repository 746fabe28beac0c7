import {
  type JsonObject,
  type TaskPushNotificationConfig,
} from '@nest-a2a/protocol';
import { type CallOptions } from '../client-options.js';

/** A push notification configuration for a task that does not exist yet, or is named beside it. */
export type PushConfigInput = Omit<
  TaskPushNotificationConfig,
  'tenant' | 'taskId'
>;

/** Options of `stream` and the other calls that send a message and follow the task. */
export interface StreamMessageOptions extends CallOptions {
  /** The task that the message continues; it has to exist (A2A §3.4.2). */
  taskId?: string | undefined;
  /** The conversation that the message belongs to. */
  contextId?: string | undefined;
  /** @default a new UUID */
  messageId?: string | undefined;
  /** Metadata of the message; it stays with it in the history of the task. */
  metadata?: JsonObject | undefined;
  /** Metadata of the request; it is not part of the message. */
  requestMetadata?: JsonObject | undefined;
  /** Other tasks that the message refers to. */
  referenceTaskIds?: readonly string[] | undefined;
  /** Media types that the caller understands. */
  acceptedOutputModes?: readonly string[] | undefined;
  /** At most so many messages of the history in the answer; 0 means none. @default the agent's choice */
  historyLength?: number | undefined;
  /** Where the updates of the task are sent. */
  pushUrl?: string | undefined;
  /** Comes back with every update; goes with `pushUrl`. */
  pushToken?: string | undefined;
  /** Milliseconds for which it is tried to resume the stream, each time it breaks. Of no meaning for `send`. @default the client's `streamResumeMs` */
  streamResumeMs?: number | undefined;
  /** A whole push configuration, instead of `pushUrl` and `pushToken`. */
  push?: PushConfigInput | undefined;
}

/** Options of `send`. */
export interface SendOptions extends StreamMessageOptions {
  /**
   * Whether to wait until the task is finished or needs the caller. Otherwise
   * the answer is the task as it is right after it was created.
   * @default true
   */
  blocking?: boolean | undefined;

  /**
   * Milliseconds for the whole answer; `Infinity` for no limit.
   * @default no limit for a blocking `send`, which takes as long as the task; else the client's `timeoutMs`
   */
  timeoutMs?: number | undefined;
}
