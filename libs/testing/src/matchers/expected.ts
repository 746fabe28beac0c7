import { quote } from './describe-task.js';

/**
 * What a text should be: exactly a string, whatever a regular expression finds,
 * or an asymmetric matcher such as `expect.stringContaining('Q1')`.
 */
export type ExpectedText = string | RegExp | AsymmetricText;

/** What `expect.stringContaining()` answers. */
export interface AsymmetricText {
  asymmetricMatch(other: unknown): boolean;
  toString(): string;
}

/** What of an artifact should be as it is said here; the rest may be as it likes. */
export interface ExpectedArtifact {
  readonly artifactId?: ExpectedText | undefined;
  readonly name?: ExpectedText | undefined;
  /** Of all its text parts, put together. */
  readonly text?: ExpectedText | undefined;
  /** Of one of its data parts; asymmetric matchers count in it. */
  readonly data?: unknown;
}

/** Whether a text is the one that is expected. */
export function isText(
  text: string | undefined,
  expected: ExpectedText,
): boolean {
  if (text === undefined) return false;
  if (typeof expected === 'string') return text === expected;
  // `search` does not move a regular expression that is global.
  if (expected instanceof RegExp) return text.search(expected) >= 0;
  return expected.asymmetricMatch(text);
}

/** The expectation as a message shows it. */
export function show(expected: unknown): string {
  if (typeof expected === 'string') return quote(expected);
  if (expected instanceof RegExp) return String(expected);
  if (isAsymmetric(expected)) return showAsymmetric(expected);
  if (typeof expected === 'object' && expected !== null) {
    return showMembers(expected);
  }
  return String(expected);
}

function showMembers(expected: object): string {
  if (Array.isArray(expected)) return `[${expected.map(show).join(', ')}]`;
  const members = Object.entries(expected)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${show(value)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Those of Jest and of Vitest are called what they are, and keep what they look for. */
function showAsymmetric(expected: AsymmetricText): string {
  const { sample } = expected as { readonly sample?: unknown };
  const name = expected.toString();
  return sample === undefined ? name : `${name} ${show(sample)}`;
}

function isAsymmetric(value: unknown): value is AsymmetricText {
  return (
    typeof value === 'object' &&
    value !== null &&
    'asymmetricMatch' in value &&
    typeof value.asymmetricMatch === 'function'
  );
}
