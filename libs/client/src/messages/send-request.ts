import { newId } from '@nest-a2a/protocol';
import { type SendInput, toMessageInput } from './message-input.js';
import { type PushConfigInput, type SendOptions } from './send-options.js';

type Draft = Record<string, unknown>;

/**
 * The request of SendMessage and SendStreamingMessage, as a draft: what is not
 * asked for is not in it, what is in it is checked with every other request.
 *
 * @throws TypeError for options that contradict each other
 */
export function toSendRequest(input: SendInput, options: SendOptions): object {
  const message = toMessageInput(input);
  const { messageId = message.messageId ?? newId() } = options;
  return given({
    message: {
      role: 'ROLE_USER',
      ...message,
      messageId,
      ...given({
        contextId: options.contextId,
        taskId: options.taskId,
        metadata: options.metadata,
        referenceTaskIds: options.referenceTaskIds,
      }),
    },
    configuration: configurationOf(options),
    metadata: options.requestMetadata,
  });
}

function configurationOf(options: SendOptions): Draft | undefined {
  const configuration = given({
    acceptedOutputModes: options.acceptedOutputModes,
    taskPushNotificationConfig: pushConfigOf(options),
    historyLength: options.historyLength,
    // Blocking is the default of the protocol.
    returnImmediately: options.blocking === false ? true : undefined,
  });
  return Object.keys(configuration).length > 0 ? configuration : undefined;
}

function pushConfigOf(options: SendOptions): Draft | undefined {
  const { push, pushUrl, pushToken } = options;
  if (push !== undefined && (pushUrl ?? pushToken) !== undefined) {
    throw new TypeError('Give either push, or pushUrl and pushToken');
  }
  if (pushToken !== undefined && pushUrl === undefined) {
    throw new TypeError('pushToken goes with pushUrl');
  }
  if (push !== undefined) {
    return toPushConfig(push);
  }
  return pushUrl === undefined
    ? undefined
    : given({ url: pushUrl, token: pushToken });
}

/** A push configuration without a task: its id is not known yet, or is named beside it. */
export function toPushConfig(config: PushConfigInput): Draft {
  const { id, url, token, authentication } = config;
  return given({ id, url, token, authentication });
}

/** Whether the options of a message ask for push notifications. */
export function wantsPush({ push, pushUrl }: SendOptions): boolean {
  return push !== undefined || pushUrl !== undefined;
}

function given(draft: Draft): Draft {
  return Object.fromEntries(
    Object.entries(draft).filter(([, value]) => value !== undefined),
  );
}
