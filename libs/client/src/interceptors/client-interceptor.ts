import {
  type AgentCard,
  type AgentInterface,
  type Operation,
  type ProtocolVersion,
} from '@nest-a2a/protocol';
import { type StreamFrame } from '../bindings/client-binding.js';

/** One request on its way to an agent: one attempt of a call. */
export interface OutgoingCall {
  readonly operation: Operation;
  /** What is asked, checked, in the form of A2A 1.0 whatever the version. To be read only. */
  readonly request: object;
  readonly card: AgentCard;
  /** The interface that is called. */
  readonly agentInterface: AgentInterface;
  /** The version of the protocol that is spoken there. */
  readonly version: ProtocolVersion;
  /** Whether a stream is asked for. */
  readonly isStream: boolean;
  /** Which attempt of the call this is, from 1. */
  readonly attempt: number;
  /**
   * Whether the caller vouches for the interface: it is at the origin of the URL
   * that was given to `connect`, or at one of `credentialOrigins`. Secrets belong
   * nowhere else, because the card is the agent's word.
   */
  readonly isTrusted: boolean;
  /** What travels beside the request: HTTP headers, or gRPC metadata. May be changed. */
  readonly headers: Record<string, string>;
  /** Appended to the URL of an HTTP request. May be changed. */
  readonly query: Record<string, string>;
  /** Fails the attempt. */
  readonly signal: AbortSignal;
}

/** What came back: the content of an answer, or a stream as soon as it is open. */
export type CallAnswer =
  | { readonly content: unknown }
  | { readonly frames: AsyncIterable<StreamFrame> };

/**
 * Sees each attempt of each call, and may change what goes with it. It calls
 * `next` once, or again where the agent has refused the first, and answers or
 * throws what comes of it. A stream that it wraps has to pass on being left.
 */
export type ClientInterceptor = (
  call: OutgoingCall,
  next: (call: OutgoingCall) => Promise<CallAnswer>,
) => Promise<CallAnswer>;

type Send = (call: OutgoingCall) => Promise<CallAnswer>;

/** Puts interceptors around what sends a call; the first is outermost. */
export function intercepted(
  interceptors: readonly ClientInterceptor[],
  send: Send,
): Send {
  return interceptors.reduceRight<Send>(
    (next, intercept) => (call) => intercept(call, next),
    send,
  );
}
