/** Why authentication cannot work as it is set up. */
export type AuthenticationSetupErrorCode = 'PACKAGE_MISSING' | 'INVALID_KEYS';

/** The application cannot authenticate anybody. Thrown at start. */
export class AuthenticationSetupError extends Error {
  override readonly name = 'AuthenticationSetupError';

  constructor(
    readonly code: AuthenticationSetupErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
