/** `A2AClientModule` is used in a way that cannot work. */
export class InvalidClientModuleError extends Error {
  override readonly name = 'InvalidClientModuleError';
  readonly code = 'INVALID_CLIENT_MODULE';
}
