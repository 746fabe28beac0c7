import { type EgressPolicy, type OriginCertificate } from '@nest-a2a/egress';
import {
  type AgentInterface,
  type ProtocolBinding,
  type ProtocolVersion,
} from '@nest-a2a/protocol';
import { type AnswerLimits, type ClientBinding } from './client-binding.js';

/** What a binding has to obey. */
export interface BindingContext {
  limits: AnswerLimits;
  /** Which destinations may be called. */
  policy: EgressPolicy;
  /** Origins of the caller's own URL, which need not obey the policy. */
  trustedOrigins: readonly string[];
  /** Origins that may get the client's credentials. */
  credentialOrigins: readonly string[];
  /** What connections to its origins are made with. @default none */
  clientCertificate?: OriginCertificate | undefined;
}

/** Makes the bindings of one kind. */
export interface BindingConnector {
  /** What cards call it; letter case does not count. */
  readonly binding: ProtocolBinding;

  /** The versions of the protocol that it speaks. */
  readonly versions: readonly ProtocolVersion[];

  /** Whether the URL of an interface has the form that this binding calls. */
  canCall(url: string): boolean;

  /**
   * A binding for one interface; nothing is connected yet.
   *
   * @param version of the protocol, that of the interface without its patch number
   * @throws A2AClientError `not-allowed`
   */
  connect(
    agentInterface: AgentInterface,
    version: ProtocolVersion,
    context: BindingContext,
  ): ClientBinding;
}
