/** A method is to be told of something that never happens. */
export class InvalidHookError extends Error {
  override readonly name = 'InvalidHookError';
  readonly code = 'INVALID_HOOK';
}
