/** Why wake-ups over Redis cannot be opened. */
export type RedisSetupErrorCode =
  /** `ioredis` is not installed. */
  'PACKAGE_MISSING';

/** Something is missing that the application has to install. Recognise it by its `code`. */
export class RedisSetupError extends Error {
  override readonly name = 'RedisSetupError';

  constructor(
    readonly code: RedisSetupErrorCode,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}
