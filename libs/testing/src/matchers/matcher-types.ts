import { type ExpectedArtifact, type ExpectedText } from './expected.js';

/** States in one word, as the client says them. */
export type ExpectedState =
  | 'submitted'
  | 'working'
  | 'completed'
  | 'failed'
  | 'canceled'
  | 'input-required'
  | 'rejected'
  | 'auth-required'
  | `TASK_STATE_${string}`;

/** What `expect(task)` can do after `expect.extend(a2aMatchers)`. @typeParam R what a matcher answers */
export interface A2AMatchers<R = unknown> {
  /** The task is completed; a message in place of a task counts as well. */
  toBeCompleted(): R;

  /** The task has failed, for this reason where one is named. */
  toBeFailed(reason?: ExpectedText): R;

  /** The task is in this state. */
  toBeInState(state: ExpectedState): R;

  /** One of the artifacts is as described; without a description, there is one. */
  toHaveArtifact(expected?: ExpectedArtifact): R;

  /** The texts of the artifacts, a line break between two of them; without any, that of the message. */
  toHaveText(expected: ExpectedText): R;

  /** What the agent says about the state, or in place of a task; without a text, it says something. */
  toHaveStatusMessage(expected?: ExpectedText): R;
}

declare global {
  // Where Jest looks for further matchers, and Vitest as well.
  /* eslint-disable @typescript-eslint/no-namespace, @typescript-eslint/no-empty-object-type */
  namespace jest {
    // eslint-disable-next-line @typescript-eslint/no-unused-vars
    interface Matchers<R, T = {}> extends A2AMatchers<R> {}
    interface Expect extends A2AMatchers {}
    interface InverseAsymmetricMatchers extends A2AMatchers {}
  }
}
