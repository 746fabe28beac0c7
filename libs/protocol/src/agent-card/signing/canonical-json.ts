import { DEFAULT_VALIDATION_LIMITS } from '../../validation/parse-context.js';

/** Half of a character outside of the basic plane, without its other half. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The one text that JSON of this value has (JCS, RFC 8785): members in the
 * order of their UTF-16 code units, no white space, numbers as ECMAScript
 * writes them. Members that are `undefined` are left out.
 *
 * @throws TypeError for what JSON cannot say, text that is no Unicode, and
 * nesting beyond 100 levels
 */
export function canonicalJson(value: unknown): string {
  return write(value, DEFAULT_VALIDATION_LIMITS.jsonDepth);
}

function write(value: unknown, depthLeft: number): string {
  switch (typeof value) {
    case 'string':
      return writeText(value);
    case 'number':
      return writeNumber(value);
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? 'null' : writeStructure(value, depthLeft);
    default:
      throw new TypeError(`JSON cannot hold a value of type ${typeof value}`);
  }
}

function writeText(text: string): string {
  if (LONE_SURROGATE.test(text)) {
    throw new TypeError('A text holds half of a surrogate pair');
  }
  return JSON.stringify(text);
}

function writeNumber(number: number): string {
  if (!Number.isFinite(number)) {
    throw new TypeError(`JSON cannot hold the number ${number}`);
  }
  return JSON.stringify(number);
}

function writeStructure(structure: object, depthLeft: number): string {
  if (depthLeft === 0) {
    throw new TypeError('The value is nested too deeply');
  }
  const inner = (value: unknown) => write(value, depthLeft - 1);
  if (Array.isArray(structure)) {
    // Unlike `map`, this does not pass over holes.
    return `[${Array.from(structure, inner).join(',')}]`;
  }
  const members = Object.entries(structure)
    .filter(([, value]) => value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${writeText(name)}:${inner(value)}`);
  return `{${members.join(',')}}`;
}
