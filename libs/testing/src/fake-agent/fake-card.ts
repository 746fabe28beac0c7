import {
  type AgentCard,
  type ProtocolVersion,
  toIdempotentSendExtension,
} from '@nest-a2a/protocol';
import { toV03Card } from '@nest-a2a/protocol/v0.3';
import { type FakeBinding } from './received-request.js';

/** What the card of a fake agent says. */
export interface FakeCardOptions {
  readonly bindings: readonly FakeBinding[];
  readonly versions: readonly ProtocolVersion[];
  readonly isIdempotent: boolean;
  readonly card: Partial<AgentCard>;
}

/** The card at a URL, readable for clients of 0.3 where the agent speaks it. */
export function fakeCard(
  url: string,
  { bindings, versions, isIdempotent, card }: FakeCardOptions,
): object {
  const complete: AgentCard = {
    name: 'Fake agent',
    description: 'Answers what a test says.',
    version: '0.0.0',
    supportedInterfaces: versions.flatMap((protocolVersion) =>
      bindings.map((protocolBinding) => ({
        url,
        protocolBinding,
        protocolVersion,
      })),
    ),
    capabilities: {
      streaming: true,
      pushNotifications: true,
      ...(isIdempotent && { extensions: [toIdempotentSendExtension()] }),
    },
    defaultInputModes: ['text/plain', 'application/json'],
    defaultOutputModes: ['text/plain', 'application/json'],
    skills: [],
    ...card,
  };
  return versions.includes('0.3')
    ? { ...complete, ...toV03Card(complete) }
    : complete;
}
