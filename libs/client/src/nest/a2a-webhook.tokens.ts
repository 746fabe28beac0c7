/** Token of the options of `A2AWebhookModule`. */
export const A2A_WEBHOOK_OPTIONS = Symbol.for(
  '@nest-a2a/client:WEBHOOK_OPTIONS',
);

/** Token of the `WebhookReceiver` of the application. */
export const A2A_WEBHOOK_RECEIVER = Symbol.for(
  '@nest-a2a/client:WEBHOOK_RECEIVER',
);
