import { printable } from './printable.js';

/** A JSON document that nothing in a terminal acts on: the escapes of {@link printable} are those of JSON. */
export function toJson(value: unknown): string {
  return printable(JSON.stringify(value, null, 2));
}

/** The same on one line. */
export function toJsonLine(value: unknown): string {
  return printable(JSON.stringify(value));
}
