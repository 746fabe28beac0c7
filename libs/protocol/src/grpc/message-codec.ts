import {
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue as ProtoJson,
  type Message,
  toBinary,
} from '@bufbuild/protobuf';
import { invalidParam, invalidRequest } from '../errors/a2a-errors.js';
import { type JsonValue } from '../json.js';
import { withoutEmptyValues } from './empty-values.js';
import { fieldWithoutJson, jsonOf } from './field-without-json.js';
import { assertWithinBudget } from './message-budget.js';
import { type MessageShape, MessageShapes } from './message-shape.js';

/**
 * How deep messages may be nested: about 490 levels of JSON, and a stack that
 * the bytes of a stranger cannot exhaust.
 */
const RECURSION_LIMIT = 1_000;

/** So many objects need no more memory than the longest body of JSON that is allowed by default. */
const MAX_MESSAGES = 1_000_000;

const BUDGET = { messages: MAX_MESSAGES, depth: RECURSION_LIMIT };

const FROM_JSON = {
  ignoreUnknownFields: true,
  recursionLimit: RECURSION_LIMIT,
};
const FROM_BINARY = {
  readUnknownFields: false,
  recursionLimit: RECURSION_LIMIT,
};

/**
 * A JSON value as the bytes of a message. Members that the message does not
 * have are left out.
 *
 * @throws Error where the value is none of this message
 */
export function encodeMessage(schema: DescMessage, value: unknown): Uint8Array {
  try {
    return toBytes(schema, value);
  } catch {
    // JSON text may hold half of a surrogate pair, UTF-8 cannot.
    return toBytes(schema, wellFormed(value));
  }
}

/**
 * A function that reads the bytes of a message as a JSON value, not validated:
 * what is missing in the message is missing there, an enum value without a name
 * is a number. It throws the A2AError `INVALID_REQUEST` for bytes that are no
 * such message, and `INVALID_PARAMS` for a field that JSON cannot say.
 */
export function decoderOf(
  schema: DescMessage,
): (bytes: Uint8Array) => JsonValue {
  const shape = new MessageShapes().of(schema);
  return (bytes) => {
    const message = fromBytes(schema, bytes, shape);
    const json =
      jsonOf(schema, message) ?? jsonOf(schema, withoutEmptyValues(message));
    if (json === undefined) {
      const field = fieldWithoutJson(schema, message);
      throw invalidParam(field, 'Must have a value that JSON can say');
    }
    return json;
  };
}

function fromBytes(
  schema: DescMessage,
  bytes: Uint8Array,
  shape: MessageShape,
): Message {
  try {
    assertWithinBudget(shape, bytes, BUDGET);
    return fromBinary(schema, bytes, FROM_BINARY);
  } catch {
    throw invalidRequest(`The bytes are no ${schema.name}`);
  }
}

function toBytes(schema: DescMessage, value: unknown): Uint8Array {
  return toBinary(schema, fromJson(schema, value as ProtoJson, FROM_JSON));
}

/** The value as JSON says it, every text with whole characters only. */
function wellFormed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null), (_key, member: unknown) =>
    typeof member === 'string' ? Buffer.from(member).toString() : member,
  );
}
