import {
  isJsonObject,
  type ListTaskPushNotificationConfigsResponse,
  type Operation,
  taskNotFound,
} from '@nest-a2a/protocol';
import {
  type A2AOperations,
  isStreaming,
} from '../../operations/a2a-operations.service.js';
import { type AuditEntry } from '../../audit/audit-entry.js';
import { type Call } from '../../operations/call.js';
import { type ItemStream } from '../../operations/stream-item.js';
import { type ContentFormat, nameFields } from './content-format.js';

/** A request of a caller, in the version that it speaks. */
export interface Requested {
  readonly operation: Operation;
  /** As they came. */
  readonly params: unknown;
  readonly call: Call;
  readonly format: ContentFormat;
  /** Is told what is asked, and that it was done. */
  readonly audit: AuditEntry;
}

/** The answer of an operation: one object, or a stream. */
export type Outcome =
  { readonly result: object } | { readonly items: ItemStream };

/**
 * Carries out an operation.
 *
 * @throws A2AError with the names that the version has for the fields
 */
export async function carryOut(
  operations: A2AOperations,
  requested: Requested,
): Promise<Outcome> {
  const { operation, params, format, audit } = requested;
  try {
    audit.asks(operation);
    const request = format.readRequest(operation, params);
    audit.asks(operation, request);
    const asked = { ...requested, params: request };
    return audited(await outcomeOf(operations, asked), asked);
  } catch (error) {
    throw nameFields(error, operation, format);
  }
}

function audited(outcome: Outcome, { operation, audit }: Requested): Outcome {
  if ('items' in outcome && operation === 'SendStreamingMessage') {
    return { items: audit.begun(outcome.items) };
  }
  audit.succeed('result' in outcome ? outcome.result : undefined);
  return outcome;
}

async function outcomeOf(
  operations: A2AOperations,
  { operation, params, call }: Requested,
): Promise<Outcome> {
  if (isStreaming(operation)) {
    return { items: await operations.stream(operation, params, call) };
  }
  if (
    operation === 'GetTaskPushNotificationConfig' &&
    call.protocolVersion === '0.3' &&
    isJsonObject(params) &&
    params.id === undefined
  ) {
    return { result: await firstConfig(operations, params.taskId, call) };
  }
  return { result: await operations.call(operation, params, call) };
}

/** A2A 0.3 can ask for the configuration of a task without saying which. */
async function firstConfig(
  operations: A2AOperations,
  taskId: unknown,
  call: Call,
): Promise<object> {
  const { configs } = (await operations.call(
    'ListTaskPushNotificationConfigs',
    { taskId },
    call,
  )) as ListTaskPushNotificationConfigsResponse;
  const first = configs?.[0];
  if (!first) {
    throw taskNotFound(String(taskId));
  }
  return first;
}
