import { type ClientBinding } from '../bindings/client-binding.js';
import {
  type CallAnswer,
  type ClientInterceptor,
  intercepted,
  type OutgoingCall,
} from '../interceptors/client-interceptor.js';
import { type AgentRoute } from './agent-route.js';
import { assertHeaders } from './assert-headers.js';
import { callHeaders } from './call-headers.js';

/** What an attempt is made of, besides what the interface decides. */
export interface Attempt extends Pick<
  OutgoingCall,
  'operation' | 'request' | 'isStream' | 'card' | 'attempt' | 'signal'
> {
  readonly extensions: readonly string[];
  readonly lastEventId: string | undefined;
}

/** Sends a request to one interface, through the interceptors. */
export async function sendAttempt(
  { agentInterface, version, binding }: AgentRoute,
  interceptors: readonly ClientInterceptor[],
  { extensions, lastEventId, ...attempt }: Attempt,
): Promise<CallAnswer> {
  const headers = callHeaders({ version, extensions, lastEventId });
  const isTrusted = binding.isTrusted ?? false;
  const call = { ...attempt, agentInterface, version, isTrusted, headers };
  const send = intercepted(interceptors, (sent) => dispatch(sent, binding));
  return send({ ...call, query: {} });
}

async function dispatch(
  { operation, request, headers, query, signal, isStream }: OutgoingCall,
  binding: ClientBinding,
): Promise<CallAnswer> {
  assertHeaders(headers);
  const call = { headers, query, signal };
  return isStream
    ? { frames: await binding.open(operation, request, call) }
    : { content: await binding.call(operation, request, call) };
}
