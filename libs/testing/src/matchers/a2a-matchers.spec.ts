import { type Part, type Task, type TaskState } from '@nest-a2a/protocol';
import { TaskResult } from '@nest-a2a/client';
import { a2aMatchers } from './a2a-matchers.js';
import { type A2AMatchers } from './matcher-types.js';

expect.extend(a2aMatchers);

const says = (text: string) => ({
  messageId: 'm1',
  role: 'ROLE_AGENT' as const,
  parts: [{ text }],
});

function taskIn(
  state: TaskState,
  text?: string,
  artifacts: Record<string, Part[]> = {},
): Task {
  return {
    id: 't1',
    status: { state, ...(text !== undefined && { message: says(text) }) },
    artifacts: Object.entries(artifacts).map(([name, parts], i) => ({
      artifactId: `a${i + 1}`,
      name,
      parts,
    })),
  };
}

const completed = taskIn('TASK_STATE_COMPLETED', undefined, {
  report: [{ text: 'Q1 was ' }, { text: 'good' }],
  figures: [{ data: { revenue: 42, currency: 'EUR' } }],
});
const failed = taskIn('TASK_STATE_FAILED', 'The database is away');
const asking = taskIn('TASK_STATE_INPUT_REQUIRED', 'Which quarter?');

/** What a matcher says when it fails. */
function messageOf(assertion: () => void): string {
  try {
    assertion();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It did not fail');
}

/** Each with what it is met by, and what it is not. */
const CASES: [string, (one: A2AMatchers<void>) => void, Task, Task, string][] =
  [
    [
      'toBeCompleted',
      (x) => x.toBeCompleted(),
      completed,
      failed,
      'to be completed',
    ],
    ['toBeFailed', (x) => x.toBeFailed(), failed, completed, 'to be failed'],
    [
      'toBeFailed for a reason',
      (x) => x.toBeFailed(/database/),
      failed,
      taskIn('TASK_STATE_FAILED', 'Out of paper'),
      'to be failed with the reason /database/',
    ],
    [
      'toBeFailed for a reason that another state has',
      (x) => x.toBeFailed('Which quarter?'),
      taskIn('TASK_STATE_FAILED', 'Which quarter?'),
      asking,
      'to be failed with the reason "Which quarter?"',
    ],
    [
      'toBeInState',
      (x) => x.toBeInState('input-required'),
      asking,
      completed,
      'to be input-required',
    ],
    [
      'toBeInState by the name on the wire',
      (x) => x.toBeInState('TASK_STATE_INPUT_REQUIRED'),
      asking,
      failed,
      'to be input-required',
    ],
    [
      'toHaveArtifact',
      (x) => x.toHaveArtifact(),
      completed,
      failed,
      'to have an artifact',
    ],
    [
      'toHaveArtifact with a name and a text',
      (x) => x.toHaveArtifact({ name: 'report', text: 'Q1 was good' }),
      completed,
      taskIn('TASK_STATE_COMPLETED', undefined, {
        report: [{ text: 'Q2' }],
        other: [{ text: 'Q1 was good' }],
      }),
      'to have an artifact { name: "report", text: "Q1 was good" }',
    ],
    [
      'toHaveArtifact with data',
      (x) =>
        x.toHaveArtifact({ data: expect.objectContaining({ revenue: 42 }) }),
      completed,
      taskIn('TASK_STATE_COMPLETED', undefined, {
        f: [{ data: { revenue: 4 } }],
      }),
      'to have an artifact { data: ObjectContaining',
    ],
    [
      'toHaveText',
      (x) => x.toHaveText('Q1 was good'),
      completed,
      taskIn('TASK_STATE_COMPLETED', undefined, { r: [{ text: 'Q1' }] }),
      'to have the text "Q1 was good"',
    ],
    [
      'toHaveText of the message',
      (x) => x.toHaveText(expect.stringContaining('quarter')),
      asking,
      completed,
      'to have the text StringContaining "quarter"',
    ],
    [
      'toHaveStatusMessage',
      (x) => x.toHaveStatusMessage('Which quarter?'),
      asking,
      failed,
      'to have the status message "Which quarter?"',
    ],
    [
      'toHaveStatusMessage of whatever text',
      (x) => x.toHaveStatusMessage(),
      asking,
      completed,
      'to have a status message',
    ],
  ];

describe('a2aMatchers', () => {
  describe.each(CASES)('%s', (_, assert, good, bad, what) => {
    it('passes for what is so, as a task and as a result', () => {
      assert(expect(good));
      assert(expect(new TaskResult(good)));
      assert(expect({ task: good }));
    });

    it('fails for what is not, and says what it is', () => {
      const message = messageOf(() => assert(expect(bad)));
      expect(message).toContain(`Expected the task ${what}`);
      const { state } = bad.status;
      const word = state.slice('TASK_STATE_'.length).toLowerCase();
      expect(message).toContain(`State: ${word.replace('_', '-')}`);
      expect(message).toContain('Task: t1');
    });

    it('does the opposite with not', () => {
      assert(expect(bad).not);
      const message = messageOf(() => assert(expect(good).not));
      expect(message).toContain(`Expected the task not ${what}`);
    });

    it('is a part of what is expected elsewhere', () => {
      const is = assert as (one: unknown) => unknown;
      const wanted = is(expect) as object;
      const unwanted = is(expect.not) as object;
      expect({ task: good }).toEqual({ task: wanted });
      expect({ task: bad }).not.toEqual({ task: wanted });
      expect({ task: bad }).toEqual({ task: unwanted });
      expect({ task: good }).not.toEqual({ task: unwanted });
    });
  });

  it('takes a message in place of a task for completed', () => {
    const direct = new TaskResult(says('Hello'));
    expect(direct).toBeCompleted();
    expect(direct).toHaveText('Hello');
    expect(direct).not.toHaveArtifact();
    expect({ message: says('Hello') }).toHaveStatusMessage('Hello');
  });

  it.each([
    ['a promise', Promise.resolve(completed), 'await it'],
    ['nothing', undefined, 'received undefined'],
    ['something else', new Map(), 'received a Map that is neither'],
    ['what only looks like a task', { id: 't', status: 200 }, 'an Object'],
    ['no prototype', Object.create(null), 'an object'],
  ])('fails for %s, whichever way it is asked', (_, value, words) => {
    for (const [, assert] of CASES) {
      expect(messageOf(() => assert(expect(value)))).toContain(words);
      expect(messageOf(() => assert(expect(value).not))).toContain(words);
    }
    expect([value]).not.toEqual([expect.toBeCompleted()]);
    expect([value]).not.toEqual([expect.not.toBeCompleted()]);
  });

  it('shows the whole task, long texts shortened', () => {
    const task = taskIn('TASK_STATE_FAILED', 'The "printer" is away', {
      report: [{ text: 'x'.repeat(500) }, { data: [1, { a: null }] }],
      files: [
        { url: 'https://example.com/a.pdf' },
        { raw: 'AAAA', filename: 'b.pdf' },
        { raw: 'AAAA' },
      ],
    });
    expect(messageOf(() => expect(task).toBeCompleted())).toBe(
      [
        'Expected the task to be completed',
        '',
        'State: failed',
        'Status message: "The \\"printer\\" is away"',
        'Artifacts:',
        `  - "report" text "${'x'.repeat(200)}... (500 characters)" data [1,{"a":null}]`,
        '  - "files" file https://example.com/a.pdf file b.pdf file 4 characters',
        'Task: t1',
      ].join('\n'),
    );
  });

  it('leaves a global regular expression as it was', () => {
    const pattern = /good/g;
    expect(completed).toHaveText(pattern);
    expect(completed).toHaveText(pattern);
  });

  it('has types that know what it takes', () => {
    const never = () => {
      // @ts-expect-error not a state
      expect(completed).toBeInState('done');
      // @ts-expect-error not a text
      expect(completed).toHaveText(42);
      // @ts-expect-error not something that an artifact has
      expect(completed).toHaveArtifact({ title: 'x' });
    };
    expect(never).toBeInstanceOf(Function);
  });
});
