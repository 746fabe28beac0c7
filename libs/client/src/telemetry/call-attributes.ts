import { type Attributes } from '@opentelemetry/api';
import { parseGrpcTarget } from '../grpc/grpc-target.js';
import { type OutgoingCall } from '../interceptors/client-interceptor.js';
import { RPC_SYSTEMS, SPAN_ATTRIBUTES } from './span-attributes.js';

/** What a call is named by: the same over every binding and version. */
export function methodOf({ operation }: OutgoingCall): string {
  return `A2AService/${operation}`;
}

/** What is known of a call before it is sent; nothing of its content. */
export function attributesOf(call: OutgoingCall): Attributes {
  const { card, agentInterface, version, attempt, isStream } = call;
  const binding = agentInterface.protocolBinding.toUpperCase();
  const { hostname, port } = serverOf(agentInterface.url, binding);
  return {
    [SPAN_ATTRIBUTES.system]: RPC_SYSTEMS[binding] ?? binding,
    [SPAN_ATTRIBUTES.method]: methodOf(call),
    [SPAN_ATTRIBUTES.serverAddress]: hostname.replace(/^\[|\]$/g, ''),
    [SPAN_ATTRIBUTES.serverPort]: port,
    [SPAN_ATTRIBUTES.agentName]: card.name,
    [SPAN_ATTRIBUTES.binding]: binding,
    [SPAN_ATTRIBUTES.version]: version,
    [SPAN_ATTRIBUTES.attempt]: attempt,
    [SPAN_ATTRIBUTES.isStream]: isStream,
  };
}

function serverOf(
  url: string,
  binding: string,
): { hostname: string; port: number } {
  const target = binding === 'GRPC' ? parseGrpcTarget(url) : undefined;
  if (target) {
    return target;
  }
  const { hostname, port, protocol } = new URL(url);
  return { hostname, port: Number(port) || (protocol === 'http:' ? 80 : 443) };
}
