import { type Message } from '@bufbuild/protobuf';
import { isJsonObject } from '../validation/json-value.js';

/**
 * Makes a part whose data holds nothing a part without content: a
 * `google.protobuf.Value` in which no member is set is not the same as null, and
 * is no JSON value at all. Changes the message, which was just decoded.
 */
export function withoutEmptyValues<T extends Message>(message: T): T {
  for (const part of partsIn(message)) {
    const { content } = part;
    const isEmpty =
      isJsonObject(content) &&
      content.case === 'data' &&
      kindOf(content.value) === undefined;
    if (isEmpty) {
      part.content = { case: undefined };
    }
  }
  return message;
}

/** Every part of a decoded message of `lf.a2a.v1`, wherever it is. */
function* partsIn(value: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(value)) {
    for (const item of value) yield* partsIn(item);
  } else if (isJsonObject(value)) {
    if (value.$typeName === 'lf.a2a.v1.Part') yield value;
    else for (const member of MEMBERS) yield* partsIn(value[member]);
  }
}

/** On the way from a message to its parts, oneofs included. */
const MEMBERS = [
  'parts',
  'message',
  'history',
  'artifacts',
  'artifact',
  'status',
  'task',
  'tasks',
  'payload',
  'value',
] as const;

function kindOf(value: unknown): unknown {
  return isJsonObject(value) && isJsonObject(value.kind)
    ? value.kind.case
    : undefined;
}
