import {
  A2AError,
  isA2AError,
  type Operation,
  type ProtocolVersion,
} from '@nest-a2a/protocol';
import { type V03Dialect } from '@nest-a2a/protocol/v0.3';
import { type StreamItem } from '../../operations/stream-item.js';

/** How one version of the protocol says requests, answers and events in JSON. */
export interface ContentFormat {
  readonly version: ProtocolVersion;
  /** A request as one of A2A 1.0, not validated. @throws A2AError `INVALID_PARAMS` */
  readRequest(operation: Operation, params: unknown): unknown;
  /** An answer of A2A 1.0 as JSON. */
  answer(operation: Operation, result: object): string;
  /** An event of a stream as JSON, on one line. */
  event(item: StreamItem): string;
  /** The name that the caller has for a field of the request. */
  fieldName(operation: Operation, path: string): string;
}

/** A2A 1.0: what the runtime itself speaks. Events are JSON already. */
export const CONTENT_1_0: ContentFormat = Object.freeze({
  version: '1.0' as const,
  readRequest: (_operation: Operation, params: unknown) => params,
  answer: (_operation: Operation, result: object) => JSON.stringify(result),
  event: ({ json }: StreamItem) => json,
  fieldName: (_operation: Operation, path: string) => path,
});

/** A2A 0.3, translated at this edge. */
export function contentV03(dialect: V03Dialect): ContentFormat {
  return Object.freeze({
    version: '0.3' as const,
    readRequest: (operation: Operation, params: unknown) =>
      dialect.readRequest(operation, params),
    answer: (operation: Operation, result: object) =>
      JSON.stringify(dialect.writeResult(operation, result)),
    event: ({ response, isLast }: StreamItem) =>
      JSON.stringify(dialect.writeEvent(response, { isLast })),
    fieldName: (operation: Operation, path: string) =>
      dialect.fieldName(operation, path),
  });
}

/** What was thrown while an operation was carried out, with the fields named as the caller knows them. */
export function nameFields(
  thrown: unknown,
  operation: Operation,
  format: ContentFormat,
): unknown {
  if (!isA2AError(thrown) || thrown.violations.length === 0) {
    return thrown;
  }
  const { code, message, metadata, cause } = thrown;
  const violations = thrown.violations.map(({ field, description }) => ({
    field: format.fieldName(operation, field),
    description,
  }));
  return new A2AError(code, message, { violations, metadata, cause });
}
