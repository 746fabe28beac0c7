import {
  type ProtocolVersion,
  type SignAgentCardOptions,
  type SigningKey,
} from '@nest-a2a/protocol';
import { type Authenticator } from '../access/authenticator.js';
import {
  type AgentCardOptions,
  type ExtendedAgentCard,
  type ServedBinding,
  type SkillResolver,
  type TenantResolver,
} from '../options/a2a-module-options.js';
import { type GrpcEndpoint } from './grpc-endpoint.js';

/** One agent of the application: its options, checked and with every default. */
export interface AgentDefinition {
  readonly name: string;
  /** Without slashes at its ends; empty for the root. */
  readonly path: string;
  readonly bindings: readonly ServedBinding[];
  /** The protocol versions that it speaks, the preferred one first. */
  readonly versions: readonly ProtocolVersion[];
  /** Which tenant a call is for; `undefined` where the agent has none. */
  readonly tenants: TenantResolver | undefined;
  readonly card: Required<
    Pick<AgentCardOptions, 'defaultInputModes' | 'defaultOutputModes'>
  > &
    AgentCardOptions;
  readonly streaming: boolean;
  readonly pushNotifications: boolean;
  /** `undefined` where the worker says. */
  readonly directReplies: boolean | undefined;
  /** Turns of it at the same time in this process; `undefined` where only those of all agents are limited. */
  readonly concurrency: number | undefined;
  /** How its card is signed; `undefined` where it is not. */
  readonly cardSigning:
    | (Required<SignAgentCardOptions> & { keys: readonly SigningKey[] })
    | undefined;
  /** `undefined` where there is none. */
  readonly extendedAgentCard: ExtendedAgentCard | undefined;
  readonly isExtendedCardPublic: boolean;
  /** How callers say who they are; empty where the guards of the application decide. */
  readonly authentication: readonly Authenticator[];
  /** Which skill a message is for; `undefined` where nobody asks. */
  readonly skillOf: SkillResolver | undefined;
  /** Where it answers gRPC; `undefined` where it does not. */
  readonly grpc: GrpcEndpoint | undefined;
}

/** Token of the {@link AgentDefinition} of an agent. */
export function getAgentToken(agent = 'default'): symbol {
  return Symbol.for(`@nest-a2a/server:AGENT:${agent}`);
}
