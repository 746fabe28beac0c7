import { EXIT_CODES } from './exit-code.js';

/** Why there is no project: the command line, or the folder that it names. */
export type CreateErrorCode = 'USAGE' | 'OCCUPIED';

const EXIT_CODE_OF: Readonly<Record<CreateErrorCode, number>> = {
  USAGE: EXIT_CODES.usage,
  OCCUPIED: EXIT_CODES.occupied,
};

/** A mistake of the user, told in one line. */
export class CreateError extends Error {
  override readonly name = 'CreateError';

  constructor(
    readonly code: CreateErrorCode,
    message: string,
  ) {
    super(message);
  }

  get exitCode(): number {
    return EXIT_CODE_OF[this.code];
  }
}
