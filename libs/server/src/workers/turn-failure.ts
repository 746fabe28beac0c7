import { type Outcome } from './turn-reporter.js';

/** Why the runtime fails the task of a turn that was not ended by its worker. */
export interface TurnFailure {
  /** In a word: few and stable. */
  readonly type: string;
  /** What the caller reads. */
  readonly text: string;
  /** What the operator reads, in the log. */
  readonly note: string;
  readonly error?: unknown;
}

const TIMED_OUT: TurnFailure = {
  type: 'TURN_TIMED_OUT',
  text: 'The agent took too long.',
  note: 'took longer than its timeoutMs',
};

const NO_RESULT: TurnFailure = {
  type: 'NO_RESULT',
  text: 'The agent ended its work without a result.',
  note: 'returned without an ending call such as complete()',
};

/** The instances that ran the turn died too often. */
export class TooManyAttempts extends Error {
  constructor(maxAttempts: number) {
    super(`${maxAttempts} instances died with the turn`);
  }
}

/** What a turn failed of whose worker is not asked any more. */
export function turnFailureOf(
  outcome: Outcome,
  { isTimedOut }: { readonly isTimedOut: boolean },
): TurnFailure {
  if (isTimedOut) {
    return TIMED_OUT;
  }
  if (outcome.kind !== 'threw') {
    return NO_RESULT;
  }
  const { error } = outcome;
  const note = 'failed';
  return error instanceof TooManyAttempts
    ? {
        type: 'TOO_MANY_ATTEMPTS',
        text: 'The agent was interrupted too often while it processed the message.',
        note,
        error,
      }
    : {
        type: error instanceof Error ? error.name : 'unknown',
        text: 'The agent failed to process the message.',
        note,
        error,
      };
}
