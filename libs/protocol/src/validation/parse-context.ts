import { type FieldViolation } from '../errors/field-violation.js';

/** Sizes that a request may have. */
export interface ValidationLimits {
  /** Parts of one message. @default 1000 */
  parts: number;
  /** Nesting of JSON values. @default 100 */
  jsonDepth: number;
  /** UTF-8 bytes of one `metadata` object as JSON. @default 65536 */
  metadataBytes: number;
  /** Characters of an id. An agent that is served allows 512 at most. @default 512 */
  idLength: number;
}

/** The defaults of {@link ValidationLimits}. */
export const DEFAULT_VALIDATION_LIMITS: Readonly<ValidationLimits> =
  Object.freeze({
    parts: 1_000,
    jsonDepth: 100,
    metadataBytes: 65_536,
    idLength: 512,
  });

/**
 * How strict a parser is. `request` refuses what the rules of A2A refuse.
 * `response` is for what others answer: enum values that we do not know are
 * kept, lists and texts may be empty, timestamps are kept as they are, and no
 * size is judged but the nesting, which could exhaust the stack (A2A §5.7, and
 * the habits of other implementations).
 */
export type Strictness = 'request' | 'response';

/** The most violations that one request is told. */
const MAX_VIOLATIONS = 20;

/** Collects what is wrong with one value while it is read. */
export class ParseContext {
  private readonly found: FieldViolation[] = [];

  constructor(
    readonly strictness: Strictness,
    readonly limits: ValidationLimits = DEFAULT_VALIDATION_LIMITS,
  ) {}

  /** What was found, in the order of the fields. */
  get violations(): readonly FieldViolation[] {
    return this.found;
  }

  /** Whether nothing more needs to be looked at. */
  get isFull(): boolean {
    return this.found.length >= MAX_VIOLATIONS;
  }

  /** Notes a violation. Answers `undefined`, which is what a parser answers then. */
  refuse(field: string, description: string): undefined {
    if (!this.isFull) {
      this.found.push({ field, description });
    }
    return undefined;
  }
}

/**
 * Reads one value. Answers it in its canonical form, or `undefined`: with a
 * violation noted where it is wrong, without one where it stands for no value.
 *
 * @param at the path of the value, such as `message.parts[1].text`; empty for the whole
 */
export type Parser<T> = (
  value: unknown,
  at: string,
  context: ParseContext,
) => T | undefined;
