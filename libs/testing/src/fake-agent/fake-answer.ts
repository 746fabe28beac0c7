import {
  type A2AErrorCode,
  type Part,
  type TaskState,
} from '@nest-a2a/protocol';

/** Text, or parts. */
export type FakeContent = string | readonly Part[];

/** How a task may end, or wait for the caller. */
export type FakeState =
  | 'completed'
  | 'failed'
  | 'canceled'
  | 'rejected'
  | 'input-required'
  | 'auth-required';

/** An artifact of a fake task; whole, unless it is said that it goes on. */
export interface FakeArtifact {
  /** @default made for each artifact */
  readonly artifactId?: string;
  readonly name?: string;
  readonly text?: string;
  /** A JSON value. */
  readonly data?: unknown;
  readonly parts?: readonly Part[];
}

/**
 * One step of a task: a chunk of the text of its result, a progress message, an
 * artifact, a state, a cut of every connection that follows the task, or a promise
 * that the next step waits for. Without a state, the last step completes the task.
 */
export type FakeStep =
  | string
  | PromiseLike<unknown>
  | { readonly status: FakeContent }
  | { readonly artifact: FakeArtifact }
  | { readonly state: FakeState; readonly message?: FakeContent }
  | { readonly cut: true };

/** What becomes of one request. */
export type FakeAnswer =
  | { readonly kind: 'message'; readonly content: FakeContent }
  | { readonly kind: 'task'; readonly steps: readonly FakeStep[] }
  | FakeFault;

/** How a request goes wrong, whatever it asks for; nothing is done. */
export type FakeFault =
  | {
      readonly kind: 'error';
      readonly code: A2AErrorCode;
      readonly message: string;
    }
  | {
      readonly kind: 'http';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'cut' };

/** `input-required` as it is in a task. */
export function toTaskState(state: FakeState): TaskState {
  const name = state.toUpperCase().replaceAll('-', '_');
  return `TASK_STATE_${name}` as TaskState;
}

export function toParts(content: FakeContent): Part[] {
  return typeof content === 'string' ? [{ text: content }] : [...content];
}
