/** Webhook receivers play the internet. */
export const RECEIVER_HOST = '127.0.0.2';

/** What must never be called plays the operator's own network. */
export const FORBIDDEN_HOST = '127.0.0.1';
