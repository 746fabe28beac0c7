import { type ProtocolVersion } from '@nest-a2a/protocol';
import { type CallContext, type Scope, type Seq } from '@nest-a2a/store';
import { type Identity } from '../access/identity.js';
import { type AgentDefinition } from '../agents/agent-definition.js';

/** Who calls which agent, how, and for how long. */
export interface Call {
  readonly agent: AgentDefinition;
  readonly scope: Scope;
  readonly protocolVersion: ProtocolVersion;
  /** URIs of the extensions that are active: those that the caller declares and the agent has. */
  readonly extensions: readonly string[];
  /** The last event that a reader has seen, where it resumes a stream; `unknown` for what no event of ours has. */
  readonly lastEventId?: Seq | 'unknown';
  /** The request of the transport, as the guards have left it. */
  readonly request?: unknown;
  /** Who the caller has proved to be, and what it may do. */
  readonly identity?: Identity;
  /** W3C trace context of the request. */
  readonly traceparent?: string;
  /** Aborts when the caller is gone or the process shuts down: waiting makes no sense any more. */
  readonly signal: AbortSignal;
}

/** The context of the store for a call. */
export function contextOf({ scope }: Call): CallContext {
  return { access: scope };
}
