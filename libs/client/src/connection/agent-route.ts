import { type AgentInterface, type ProtocolVersion } from '@nest-a2a/protocol';
import { type ClientBinding } from '../bindings/client-binding.js';

/** One interface of an agent, and what it is called with. */
export interface AgentRoute {
  readonly agentInterface: AgentInterface;
  /** That of the interface, without its patch number. */
  readonly version: ProtocolVersion;
  readonly binding: ClientBinding;
}
