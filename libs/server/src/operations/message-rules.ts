import {
  contentTypeNotSupported,
  type FieldViolation,
  invalidParams,
  type Message,
  type Part,
  pushNotificationNotSupported,
  type SendMessageRequest,
} from '@nest-a2a/protocol';
import { type AgentDefinition } from '../agents/agent-definition.js';
import { isMediaTypeIn } from '../access/media-types.js';

/**
 * What must hold for a message besides its form.
 *
 * @throws A2AError `INVALID_PARAMS`, `CONTENT_TYPE_NOT_SUPPORTED`, `PUSH_NOTIFICATION_NOT_SUPPORTED`
 */
export function assertAcceptable(
  { message, configuration }: SendMessageRequest,
  agent: AgentDefinition,
): void {
  const push = configuration?.taskPushNotificationConfig;
  const violations = [
    ...roleViolations(message),
    ...(push?.taskId === undefined
      ? []
      : [
          {
            field: 'configuration.taskPushNotificationConfig.taskId',
            description: 'Must be empty in a send request',
          },
        ]),
  ];
  if (violations.length > 0) {
    throw invalidParams(violations);
  }
  if (push && !agent.pushNotifications) {
    throw pushNotificationNotSupported();
  }
  assertInputModes(message.parts, agent);
}

/** Who calls is the user: a caller must not speak in the agent's name. */
function roleViolations({ role }: Message): FieldViolation[] {
  return role === 'ROLE_USER'
    ? []
    : [{ field: 'message.role', description: 'Must be ROLE_USER' }];
}

/** Whether the agent takes these kinds of content (A2A §3.1.1). */
function assertInputModes(
  parts: readonly Part[],
  { card }: AgentDefinition,
): void {
  const modes = [
    ...card.defaultInputModes,
    ...(card.skills ?? []).flatMap(({ inputModes }) => inputModes ?? []),
  ];
  for (const part of parts) {
    const mediaType = mediaTypeOf(part);
    if (mediaType !== undefined && !isMediaTypeIn(mediaType, modes)) {
      throw contentTypeNotSupported(mediaType);
    }
  }
}

/** The media type of a part, as far as it has one: a file may come without. */
function mediaTypeOf(part: Part): string | undefined {
  if (part.mediaType !== undefined) {
    return part.mediaType;
  }
  if ('text' in part) {
    return 'text/plain';
  }
  return 'data' in part ? 'application/json' : undefined;
}
