import { type JsonObject, type JsonValue } from '../json.js';
import { isJsonObject } from '../validation/json-value.js';
import { given } from './given.js';

/** The metadata key that other implementations use for the same purpose. */
const COMPAT_KEY = 'data_part_compat';

interface DataContent {
  data: unknown;
  metadata?: unknown;
}

/** The data part of 0.3 holds an object: any other value goes into one, and the metadata say so. */
export function wrapData(
  data: JsonValue,
  metadata: JsonObject | undefined,
): DataContent {
  return isJsonObject(data)
    ? { data, ...(metadata && { metadata }) }
    : { data: { value: data }, metadata: { ...metadata, [COMPAT_KEY]: true } };
}

/** Takes the value out again. Metadata that hold nothing else are left out. */
export function unwrapData(data: unknown, metadata: unknown): object {
  if (!isMarked(metadata) || !isWrapped(data)) {
    return given({ data, metadata });
  }
  const { [COMPAT_KEY]: _mark, ...rest } = metadata;
  const isEmpty = Object.keys(rest).length === 0;
  return given({ data: data.value, metadata: isEmpty ? undefined : rest });
}

function isMarked(metadata: unknown): metadata is Record<string, unknown> {
  return (
    isJsonObject(metadata) &&
    Object.hasOwn(metadata, COMPAT_KEY) &&
    metadata[COMPAT_KEY] === true
  );
}

function isWrapped(data: unknown): data is { value: unknown } {
  return (
    isJsonObject(data) &&
    Object.hasOwn(data, 'value') &&
    Object.keys(data).length === 1
  );
}
