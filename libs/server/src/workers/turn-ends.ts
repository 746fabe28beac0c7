/** What the caller reads when a worker fails. The operator reads the rest in the log. */
export const FAILED_TEXT = 'The agent failed to process the message.';
export const NO_RESULT_TEXT = 'The agent ended its work without a result.';
export const TIMED_OUT_TEXT = 'The agent took too long.';
export const TOO_MANY_ATTEMPTS_TEXT =
  'The agent was interrupted too often while it processed the message.';

/** The instances that ran the turn died too often. */
export class TooManyAttempts extends Error {
  constructor(maxAttempts: number) {
    super(`${maxAttempts} instances died with the turn`);
  }
}
