import {
  type DeliveryAttempt,
  type PushConfig,
  type Seq,
} from '@nest-a2a/store';

/** A webhook whose last attempt failed, as methods of the application are told of it: never its URL, and no secret. */
export interface WebhookFailure {
  readonly taskId: string;
  readonly configId: string;
  /** Name of the agent. */
  readonly agent: string;
  readonly tenant: string;
  /** The event of the last attempt: its place in the task. */
  readonly seq: Seq;
  /** Whether that is the end of the task: its receiver would wait for ever. */
  readonly isEnd?: true;
  /** Attempts of this event, all of which have failed. */
  readonly attempts: number;
  /** Whether the event was sent again on request of the operator. */
  readonly isRedelivery?: true;
  /** When the first attempt failed of those since the last that succeeded, milliseconds; not of what is sent again. */
  readonly failingSince?: number;
  /** HTTP status of the last attempt, where there was an answer. */
  readonly status?: number;
  /** Stable reason of the last attempt, where there was no answer. */
  readonly error?: string;
}

/**
 * Why a webhook was disabled: `gone`, its receiver wants nothing more (410,
 * 508); `failing`, every attempt has failed for `push.disableAfterMs`.
 */
export type DisableReason = 'gone' | 'failing';

/** A webhook that was given up. Its events wait for `PushNotificationService.enable()`. */
export interface DisabledWebhook extends WebhookFailure {
  readonly reason: DisableReason;
}

/** What is told of a failed attempt. @param isEnd whether it was to deliver the end of the task */
export function toWebhookFailure(
  { scope, failingSince }: PushConfig,
  attempt: DeliveryAttempt,
  isEnd: boolean,
): WebhookFailure {
  const { taskId, configId, seq, status, error, isRedelivery } = attempt;
  return {
    taskId,
    configId,
    agent: scope.agent,
    tenant: scope.tenant,
    seq,
    ...(isEnd && { isEnd }),
    attempts: attempt.attempt,
    ...(isRedelivery
      ? { isRedelivery }
      : { failingSince: failingSince ?? attempt.at }),
    ...(status !== undefined && { status }),
    ...(error !== undefined && { error }),
  };
}
