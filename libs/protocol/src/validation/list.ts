import { type ParseContext, type Parser } from './parse-context.js';

/** How many elements a list of a request may have. */
export interface ListSize {
  /** @default 0 */
  least?: number;
  /** @default any number */
  most?: (context: ParseContext) => number;
}

/** A list, each element read the same way. */
export function list<T>(parse: Parser<T>, size: ListSize = {}): Parser<T[]> {
  return (value, at, context) => {
    if (!Array.isArray(value)) {
      return context.refuse(at, 'Must be a list');
    }
    const wrong =
      context.strictness === 'request' &&
      wrongSize(value.length, size, context);
    return wrong
      ? context.refuse(at, wrong)
      : readElements(value, parse, { at, context });
  };
}

function wrongSize(
  length: number,
  { least = 0, most }: ListSize,
  context: ParseContext,
): string | undefined {
  if (length < least) {
    return `Must have at least ${elements(least)}, got ${length}`;
  }
  const limit = most?.(context) ?? Infinity;
  return length > limit
    ? `Must have at most ${elements(limit)}, got ${length}`
    : undefined;
}

function elements(count: number): string {
  return count === 1 ? '1 element' : `${count} elements`;
}

function readElements<T>(
  values: readonly unknown[],
  parse: Parser<T>,
  { at, context }: { at: string; context: ParseContext },
): T[] {
  const read: T[] = [];
  for (let i = 0; i < values.length && !context.isFull; i++) {
    const element = parse(values[i], `${at}[${i}]`, context);
    if (element !== undefined) {
      read.push(element);
    }
  }
  return read;
}
