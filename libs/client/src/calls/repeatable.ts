import {
  type AgentCard,
  IDEMPOTENT_SEND_EXTENSION,
  type Operation,
} from '@nest-a2a/protocol';

/**
 * Whether a request that may have reached the agent can be sent again without a
 * second effect: a message only where the agent declares that it takes one with
 * the same id once, a push configuration where it has an id to be replaced by.
 */
export function isRepeatable(
  operation: Operation,
  request: object,
  card: AgentCard,
): boolean {
  switch (operation) {
    case 'SendMessage':
    case 'SendStreamingMessage':
      return takesMessagesOnce(card);
    case 'CreateTaskPushNotificationConfig':
      return 'id' in request;
    case 'CancelTask':
    case 'DeleteTaskPushNotificationConfig':
    case 'GetExtendedAgentCard':
    case 'GetTask':
    case 'GetTaskPushNotificationConfig':
    case 'ListTaskPushNotificationConfigs':
    case 'ListTasks':
    case 'SubscribeToTask':
      return true;
  }
}

function takesMessagesOnce({ capabilities }: AgentCard): boolean {
  const { extensions = [] } = capabilities;
  return extensions.some(({ uri }) => uri === IDEMPOTENT_SEND_EXTENSION);
}
