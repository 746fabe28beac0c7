/** One thing that is wrong with the data of a message. */
export interface DataProblem {
  /** Where, such as `lines[0].amount`; empty for the value as a whole. */
  readonly path: string;
  readonly message: string;
}

const PROBLEMS_SHOWN = 20;
const MESSAGE_LENGTH = 200;

/**
 * The data of a message are not what the worker needs. A worker that lets it
 * pass rejects its task with this message, which the caller reads.
 */
export class InvalidDataError extends Error {
  override readonly name = 'InvalidDataError';
  readonly code = 'INVALID_DATA';

  constructor(readonly problems: readonly DataProblem[]) {
    const shown = problems.slice(0, PROBLEMS_SHOWN).map(describe);
    const more = problems.length - shown.length;
    const rest = more > 0 ? [`and ${more} more`] : [];
    super(`The data cannot be used: ${[...shown, ...rest].join('; ')}`);
  }
}

/** `ctx.data(Dto)` needs packages that are not installed. */
export class MissingValidatorError extends Error {
  override readonly name = 'MissingValidatorError';
  readonly code = 'MISSING_VALIDATOR';

  constructor(cause: unknown) {
    super(
      'data() with a class needs two packages: npm install class-validator class-transformer',
      { cause },
    );
  }
}

function describe({ path, message }: DataProblem): string {
  const said = path === '' ? message : `${path}: ${message}`;
  return said.length > MESSAGE_LENGTH
    ? `${said.slice(0, MESSAGE_LENGTH)}...`
    : said;
}
