import { type Operation, type ProtocolVersion } from '@nest-a2a/protocol';
import { type AgentDefinition } from '../agents/agent-definition.js';
import {
  type OperationFacts,
  type Telemetry,
} from '../instrumentation/telemetry.js';
import { isStreaming } from '../operations/a2a-operations.service.js';
import { toA2AError } from './http/to-a2a-error.js';
import { type CallSource } from './http/http-call.js';

/** What a binding knows of an operation before it is carried out. */
export interface BegunOperation {
  readonly agent: AgentDefinition;
  readonly operation: Operation;
  readonly binding: OperationFacts['binding'];
  readonly version: ProtocolVersion;
  readonly exchange: Pick<CallSource, 'header'>;
}

/** Called with what was thrown once the answer had begun. */
export type NoteFailure = (thrown: unknown) => void;

/** Answers an operation, and lets the telemetry watch. Throws what the answer throws. */
export function observeOperation(
  telemetry: Telemetry,
  { agent, operation, binding, version, exchange }: BegunOperation,
  answer: (noteFailure: NoteFailure) => Promise<void>,
): Promise<void> {
  const facts: OperationFacts = {
    operation,
    agent: agent.name,
    binding,
    version,
    isStream: isStreaming(operation),
    header: (name) => exchange.header(name),
  };
  return telemetry.operation(facts, async (failed) => {
    const noteFailure = (thrown: unknown) => failed(toA2AError(thrown));
    try {
      await answer(noteFailure);
    } catch (thrown) {
      noteFailure(thrown);
      throw thrown;
    }
  });
}
