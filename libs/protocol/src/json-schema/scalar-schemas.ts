import { type ValidationLimits } from '../validation/parse-context.js';
import { type JsonSchema } from './json-schema.js';

const MAX_INT32 = 2_147_483_647;

/** Not blank, and without control characters. */
const ID =
  '^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$';

const BASE64 =
  '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$';

/** Any string. */
export function text(description?: string): JsonSchema {
  return { type: 'string', ...(description !== undefined && { description }) };
}

/** A string that is not empty. */
export function nonEmptyText(description?: string): JsonSchema {
  return { ...text(description), minLength: 1 };
}

/** An id as an answer may have it: not blank. */
export function answeredId(description?: string): JsonSchema {
  return { ...text(description), pattern: '\\S' };
}

/** An id as a request may have it. */
export function requestId(
  { idLength }: Pick<ValidationLimits, 'idLength'>,
  description?: string,
): JsonSchema {
  return {
    ...text(description),
    minLength: 1,
    maxLength: idLength,
    pattern: ID,
  };
}

/** One of some names. */
export function names(
  values: readonly string[],
  description?: string,
): JsonSchema {
  return { ...text(description), enum: values };
}

/** An int32 that is not negative. */
export function count(
  description: string,
  { least = 0, most = MAX_INT32 } = {},
): JsonSchema {
  return { type: 'integer', description, minimum: least, maximum: most };
}

/** `true` or `false`. */
export function boolean(description: string): JsonSchema {
  return { type: 'boolean', description };
}

/** Bytes: standard base64 with padding. */
export function base64(description: string): JsonSchema {
  return { ...text(description), format: 'byte', pattern: BASE64 };
}

/** A time as agents write it (A2A §5.6.1). */
export function timestamp(description: string): JsonSchema {
  return {
    ...text(description),
    format: 'date-time',
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
  };
}

/** A time as requests may write it. */
export function requestTimestamp(description: string): JsonSchema {
  return {
    ...text(description),
    format: 'date-time',
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?Z$',
  };
}

/** Any JSON object. */
export function anyObject(description: string): JsonSchema {
  return { type: 'object', description, additionalProperties: true };
}

/** The `metadata` of a request. */
export function requestMetadata({
  metadataBytes,
  jsonDepth,
}: ValidationLimits): JsonSchema {
  return anyObject(
    `At most ${metadataBytes} bytes of JSON, nested at most ${jsonDepth} levels deep.`,
  );
}

/** The `metadata` of an answer. */
export const METADATA = anyObject('Facts beside the content, for programs.');
