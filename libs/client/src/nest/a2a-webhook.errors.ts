/** `A2AWebhookModule` is used in a way that cannot work. */
export class InvalidWebhookModuleError extends Error {
  override readonly name = 'InvalidWebhookModuleError';
  readonly code = 'INVALID_WEBHOOK_MODULE';
}
