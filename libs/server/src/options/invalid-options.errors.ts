import { type FieldViolation } from '@nest-a2a/protocol';

/** The options of the module cannot work. Says everything that is wrong at once. */
export class InvalidOptionsError extends Error {
  override readonly name = 'InvalidOptionsError';
  readonly code = 'INVALID_OPTIONS';

  /** @param where the call that was given the options, such as `A2AModule.forRoot()` */
  constructor(
    where: string,
    readonly problems: readonly FieldViolation[],
  ) {
    const lines = problems.map(
      ({ field, description }) => `  ${field}: ${description}`,
    );
    super(`${where} was given options that cannot work:\n${lines.join('\n')}`);
  }
}
