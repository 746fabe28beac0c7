import { type Artifact, textOf } from '@nest-a2a/protocol';
import {
  type ExpectedArtifact,
  type ExpectedText,
  isText,
  show,
} from './expected.js';
import { judge, type MatcherContext, type MatcherVerdict } from './matcher.js';
import { type TestedTask, toStateName } from './tested-task.js';

/**
 * Matchers for tasks, for `expect.extend` of Jest and of Vitest. They take what
 * a client answers (`TaskResult`) and tasks and messages of the protocol.
 *
 * ```ts
 * expect.extend(a2aMatchers);
 * ```
 */
export const a2aMatchers = Object.freeze({
  /** The task is completed; a message in place of a task counts as well. */
  toBeCompleted(this: MatcherContext, received: unknown): MatcherVerdict {
    return judge(this, received, inState('completed'));
  },

  /** The task has failed, for this reason where one is named. */
  toBeFailed(
    this: MatcherContext,
    received: unknown,
    reason?: ExpectedText,
  ): MatcherVerdict {
    return judge(this, received, (task) => {
      const { isMet, what } = inState('failed')(task);
      return reason === undefined
        ? { isMet, what }
        : {
            isMet: isMet && isText(statusText(task), reason),
            what: `${what} with the reason ${show(reason)}`,
          };
    });
  },

  /** The task is in this state: `input-required`, or `TASK_STATE_INPUT_REQUIRED`. */
  toBeInState(
    this: MatcherContext,
    received: unknown,
    state: string,
  ): MatcherVerdict {
    return judge(this, received, inState(state));
  },

  /** One of the artifacts is as described; without a description, there is one. */
  toHaveArtifact(
    this: MatcherContext,
    received: unknown,
    expected: ExpectedArtifact = {},
  ): MatcherVerdict {
    return judge(this, received, ({ artifacts }) => ({
      isMet: artifacts.some((one) => isArtifact(one, expected, this)),
      what: `to have an artifact${described(expected)}`,
    }));
  },

  /** The texts of the artifacts, a line break between two of them; without any, that of the message. */
  toHaveText(
    this: MatcherContext,
    received: unknown,
    expected: ExpectedText,
  ): MatcherVerdict {
    return judge(this, received, (task) => ({
      isMet: isText(resultText(task), expected),
      what: `to have the text ${show(expected)}`,
    }));
  },

  /** What the agent says about the state, or in place of a task; without a text, it says something. */
  toHaveStatusMessage(
    this: MatcherContext,
    received: unknown,
    expected?: ExpectedText,
  ): MatcherVerdict {
    return judge(this, received, (task) => ({
      isMet: isText(statusText(task), expected ?? /^/),
      what:
        expected === undefined
          ? 'to have a status message'
          : `to have the status message ${show(expected)}`,
    }));
  },
});

function inState(expected: string) {
  const name = toStateName(expected);
  return ({ state }: TestedTask) => ({
    isMet: state === name,
    what: `to be ${name}`,
  });
}

function described(expected: ExpectedArtifact): string {
  return Object.keys(expected).length === 0 ? '' : ` ${show(expected)}`;
}

function isArtifact(
  { artifactId, name, parts }: Artifact,
  expected: ExpectedArtifact,
  context: MatcherContext,
): boolean {
  const texts: [string | undefined, ExpectedText | undefined][] = [
    [artifactId, expected.artifactId],
    [name, expected.name],
    [textOf(parts), expected.text],
  ];
  const values = parts.flatMap((part) => ('data' in part ? [part.data] : []));
  return (
    texts.every(
      ([text, wanted]) => wanted === undefined || isText(text, wanted),
    ) &&
    (expected.data === undefined ||
      values.some((value) => context.equals(value, expected.data)))
  );
}

function statusText({ message }: TestedTask): string | undefined {
  return message && textOf(message.parts);
}

/** The same as `TaskResult.text`. */
function resultText(task: TestedTask): string {
  const texts = task.artifacts
    .map(({ parts }) => textOf(parts))
    .filter((text) => text !== '');
  return texts.length > 0 ? texts.join('\n') : (statusText(task) ?? '');
}
