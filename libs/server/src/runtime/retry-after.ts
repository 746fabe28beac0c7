/** The wait that callers are asked for where trying again is all it takes, seconds. */
export const RETRY_AFTER_SECONDS = 1;
