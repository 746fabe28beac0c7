import {
  type A2AError,
  type AgentCard,
  pushNotificationNotSupported,
  unsupportedOperation,
} from '@nest-a2a/protocol';

/** What an agent may be able to do, by its name in the card. */
export type Capability =
  'streaming' | 'pushNotifications' | 'extendedAgentCard';

const REFUSALS: Readonly<Record<Capability, () => A2AError>> = {
  streaming: () =>
    unsupportedOperation('The agent does not stream: its card says so'),
  pushNotifications: pushNotificationNotSupported,
  extendedAgentCard: () =>
    unsupportedOperation('The agent has no extended card: its card says so'),
};

/**
 * Looks into the card before an operation that needs a capability (A2A §3.3.4).
 * The error is the one that the agent itself would have answered.
 *
 * @throws A2AError `UNSUPPORTED_OPERATION`, `PUSH_NOTIFICATION_NOT_SUPPORTED`
 */
export function assertCapability(
  { capabilities }: AgentCard,
  capability: Capability,
): void {
  if (capabilities[capability] !== true) {
    throw REFUSALS[capability]();
  }
}
