import { type JsonObject } from '../json.js';
import {
  type SecurityRequirement,
  type SecurityScheme,
} from './security-scheme.js';

/** The binding names that A2A defines; other bindings use a URI. */
export type ProtocolBinding = 'JSONRPC' | 'GRPC' | 'HTTP+JSON';

/** Where and how an agent is called (A2A `AgentInterface`). */
export interface AgentInterface {
  /** Absolute URL; `host:port` for gRPC. */
  url: string;
  protocolBinding: string;
  /** Goes unchanged into every request to this interface. */
  tenant?: string;
  /** Major.Minor, such as `1.0`. */
  protocolVersion: string;
}

/** What an agent can do besides answering (A2A `AgentCapabilities`). */
export interface AgentCapabilities {
  streaming?: boolean;
  pushNotifications?: boolean;
  extensions?: AgentExtension[];
  extendedAgentCard?: boolean;
}

/** An extension of the protocol that the agent knows (A2A `AgentExtension`). */
export interface AgentExtension {
  uri: string;
  description?: string;
  /** A client that does not declare it is refused. */
  required?: boolean;
  params?: JsonObject;
}

/** One thing the agent is good at (A2A `AgentSkill`). */
export interface AgentSkill {
  id: string;
  name: string;
  description: string;
  tags: string[];
  examples?: string[];
  inputModes?: string[];
  outputModes?: string[];
  securityRequirements?: SecurityRequirement[];
}

/** Who runs the agent (A2A `AgentProvider`). */
export interface AgentProvider {
  url: string;
  organization: string;
}

/** A detached JSON Web Signature of the card (A2A §8.4). */
export interface AgentCardSignature {
  protected: string;
  signature: string;
  header?: JsonObject;
}

/** How an agent presents itself (A2A `AgentCard`). */
export interface AgentCard {
  name: string;
  description: string;
  /** In order of preference. */
  supportedInterfaces: AgentInterface[];
  provider?: AgentProvider;
  version: string;
  documentationUrl?: string;
  capabilities: AgentCapabilities;
  securitySchemes?: Record<string, SecurityScheme>;
  securityRequirements?: SecurityRequirement[];
  defaultInputModes: string[];
  defaultOutputModes: string[];
  skills: AgentSkill[];
  signatures?: AgentCardSignature[];
  iconUrl?: string;
}
