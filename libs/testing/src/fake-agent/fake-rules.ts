import { type Operation } from '@nest-a2a/protocol';
import { type FakeAnswer, type FakeFault } from './fake-answer.js';
import { FakeScript, FaultScript } from './fake-script.js';
import { type ReceivedRequest } from './received-request.js';

/** Which messages: those of exactly this text, those where the pattern is found, those that the function chooses. */
export type MessageMatch =
  string | RegExp | ((request: ReceivedRequest) => boolean);

interface Rule {
  readonly isFor: (request: ReceivedRequest) => boolean;
  readonly answers: FakeAnswer[];
}

const MESSAGES: readonly Operation[] = ['SendMessage', 'SendStreamingMessage'];

/**
 * What a fake agent was told to answer. What is meant for the next messages
 * comes first, then the latest rule for such a message, whose last answer stays.
 */
export class FakeRules {
  private readonly queue: FakeAnswer[] = [];
  private readonly rules: Rule[] = [];
  private readonly faults = new Map<Operation, FakeFault[]>();

  /** For the next messages, one answer each. */
  readonly next = new FakeScript((...answers) => {
    this.queue.push(...answers);
  });

  when(match: MessageMatch): FakeScript {
    const rule: Rule = { isFor: matching(match), answers: [] };
    this.rules.unshift(rule);
    return new FakeScript((...answers) => void rule.answers.push(...answers));
  }

  whenAsked(operation: Operation): FaultScript {
    const faults = this.faults.get(operation) ?? [];
    this.faults.set(operation, faults);
    return new FaultScript(
      (...answers) => void faults.push(...(answers as FakeFault[])),
    );
  }

  /** What becomes of a request; `undefined` where nothing was said. */
  answerTo(request: ReceivedRequest): FakeAnswer | undefined {
    const fault = this.faults.get(request.operation)?.shift();
    if (fault || !MESSAGES.includes(request.operation)) {
      return fault;
    }
    return this.queue.shift() ?? this.ruled(request);
  }

  private ruled(request: ReceivedRequest): FakeAnswer | undefined {
    const rule = this.rules.find(
      ({ isFor, answers }) => answers.length > 0 && isFor(request),
    );
    const isLast = rule?.answers.length === 1;
    return isLast ? rule.answers[0] : rule?.answers.shift();
  }
}

function matching(match: MessageMatch): Rule['isFor'] {
  if (typeof match === 'function') return match;
  // `search` does not move a regular expression that is global.
  return ({ text }) =>
    typeof match === 'string' ? text === match : text.search(match) >= 0;
}
