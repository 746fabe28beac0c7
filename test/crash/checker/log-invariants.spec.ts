import { type Task, type TaskState } from '@nest-a2a/protocol';
import { type DumpedEvent } from '../history/history.js';
import {
  entriesIn,
  eventIn,
  findingsAfter,
  found,
  type HistoryDraft,
  invariantsOf,
  operationIn,
  operationsIn,
  taskIn,
} from './samples/changed.js';
import { type Draft } from './samples/draft.js';

type Row = readonly [
  behaviour: string,
  change: (history: HistoryDraft) => void,
  found: readonly string[],
];

const statusOf = ({ body }: Draft<DumpedEvent>) =>
  (body as { statusUpdate: { status: Draft<Task['status']> } }).statusUpdate
    .status;

const partsOf = (event: Draft<DumpedEvent>) =>
  found(statusOf(event).message).parts as { text: string }[];

/** Puts an event in another place of the log; times of their own keep the events apart. */
function move(history: HistoryDraft, taskId: string, from: number, to: number) {
  const { events } = taskIn(history, taskId);
  events.splice(to - 1, 0, ...events.splice(from - 1, 1));
  events.forEach((event, index) => (event.seq = index + 1));
}

/** Another task that began with the same message. */
function twin(history: HistoryDraft, taskId: string): void {
  const text = JSON.stringify(taskIn(history, taskId));
  const copy = text
    .replaceAll(`"${taskId}"`, `"${taskId}-twin"`)
    .replaceAll(`${taskId}-event`, `${taskId}-twin-event`);
  history.dump.tasks.push(JSON.parse(copy));
}

const rows: readonly Row[] = [
  [
    'I1: a task that a client was told of and that is not there',
    (history) => (operationIn(history, 'send', 'failed').task!.id = 'nowhere'),
    ['I1', 'I6'],
  ],
  [
    'I1: one message that led two clients to two tasks',
    (history) => {
      twin(history, 'parked');
      const send = operationIn(history, 'send', 'parked');
      const copy = structuredClone(send);
      copy.task!.id = 'parked-twin';
      copy.task!.history![0]!.taskId = 'parked-twin';
      history.entries.push(copy);
    },
    ['I1', 'I6'],
  ],
  [
    'I1: one message that made two tasks, of which nobody was told the second',
    (history) => twin(history, 'parked'),
    ['I1'],
  ],
  [
    'I1: a message for a task that was acknowledged and is not in its log',
    (history) => {
      const send = operationsIn(history).find(
        ({ request }) => request.messageId === 'answer-question',
      );
      found(send).request.messageId = 'another';
    },
    ['I1'],
  ],
  [
    'I2: a task that still works, and whose lease is long over',
    (history) => {
      const task = taskIn(history, 'parked');
      Object.assign(task, { state: 'TASK_STATE_WORKING' });
      Object.assign(task, { owner: 'n1', dueAt: 90_000 });
    },
    ['I2', 'I5'],
  ],
  [
    'I2: a turn that nobody took over when its instance was killed',
    (history) => {
      const { taskId, events } = taskIn(history, 'plain');
      const run = found(
        entriesIn(history, 'run').find((one) => one.taskId === taskId),
      );
      const kill = found(
        entriesIn(history, 'fault').find(({ action }) => action === 'kill'),
      );
      Object.assign(run, { at: kill.at - 10, instance: kill.instance });
      // The rest came when everybody had given up.
      events.slice(2).forEach((event) => (event.at += kill.at + 15_000));
    },
    ['I2'],
  ],
  [
    'I2: a question that waits and is still due',
    (history) => (taskIn(history, 'parked').dueAt = 99_000),
    ['I2'],
  ],
  [
    'I2: a task that has ended and is still owned',
    (history) => (taskIn(history, 'plain').owner = 'n1'),
    ['I2'],
  ],
  [
    'I2: a task that has ended and is not finished',
    (history) => (taskIn(history, 'plain').finishedAt = null),
    ['I2'],
  ],
  [
    'I2: a message that nobody has worked on',
    (history) => {
      const task = taskIn(history, 'parked');
      const message = { messageId: 'm', role: 'ROLE_USER', parts: [] };
      task.events.push({
        ...eventIn(history, 'parked', 3),
        seq: 4,
        id: 'unheard',
        eventKind: 'message',
        body: { message },
        epoch: 0,
      });
      task.version = 4;
      task.task.history!.push(message as any);
    },
    ['I2'],
  ],
  [
    'I2: another end than the ones that are right',
    (history) => (history.expectations[0]!.states = ['TASK_STATE_CANCELED']),
    ['I2'],
  ],
  [
    'I2: a task that failed although too few instances have died with it',
    (history) => (taskIn(history, 'failed').epoch = 2),
    ['I2'],
  ],
  [
    'I3: two ends',
    (history) =>
      (statusOf(eventIn(history, 'plain', 7)).state = 'TASK_STATE_FAILED'),
    ['I3', 'I10', 'I11'],
  ],
  [
    'I3: an event behind the end',
    (history) => {
      const task = taskIn(history, 'failed');
      const event = structuredClone(eventIn(history, 'failed', 3));
      const body = { kind: 'artifactEnd', artifactId: 'a' };
      const eventKind = 'artifactEnd';
      task.events.push({
        ...event,
        seq: 5,
        id: 'late',
        eventKind,
        body,
        epoch: 3,
      });
      task.version = 5;
    },
    ['I3'],
  ],
  [
    'I3: a row that says ended, and no event that does',
    (history) => {
      const task = taskIn(history, 'parked');
      task.state = 'TASK_STATE_COMPLETED';
      task.finishedAt = 1;
      history.expectations = history.expectations.filter(
        ({ contextId }) => contextId !== 'context-parked',
      );
    },
    ['I3', 'I5'],
  ],
  [
    'I4: a number that is missing',
    (history) => {
      const { events } = taskIn(history, 'failed');
      events.splice(1, 1);
    },
    ['I4', 'I5'],
  ],
  [
    'I4: a version that is not the last event',
    (history) => (taskIn(history, 'failed').version = 9),
    ['I4'],
  ],
  [
    'I4: an event that is there twice',
    (history) =>
      (eventIn(history, 'failed', 3).id = eventIn(history, 'plain', 3).id),
    ['I4'],
  ],
  [
    'I5: a stored task that is not the sum of its events',
    (history) => taskIn(history, 'plain').task.artifacts![0]!.parts.pop(),
    ['I5'],
  ],
  [
    'I5: a task seen as it never was',
    (history) => {
      const { status } = operationIn(history, 'get', 'plain').task!;
      (status.message!.parts as { text: string }[])[0]!.text = 'never said';
    },
    ['I5'],
  ],
  [
    'I5: an artifact with a chunk twice',
    (history) => (history.expectations[0]!.artifacts!.output = '[0]'),
    ['I5'],
  ],
  [
    'I5: an artifact that nobody has asked for',
    (history) => (history.expectations[0]!.artifacts = {}),
    ['I5'],
  ],
  [
    'I5: a step that is missing',
    (history) => history.expectations[0]!.steps!.push('another'),
    ['I5'],
  ],
  [
    'I5: a step that a turn has stored twice',
    (history) => {
      const event = structuredClone(eventIn(history, 'canceled', 3));
      Object.assign(event, { id: 'again', epoch: 2 });
      event.body = { key: 'prepare', value: null };
      const { events } = taskIn(history, 'canceled');
      // In place of the artifact's end, so that all else stays.
      Object.assign(events[7]!, { ...event, seq: 8 });
    },
    ['I5', 'I11', 'I12'],
  ],
  [
    'I9: a lease that writes after the next one',
    (history) => (eventIn(history, 'canceled', 7).epoch = 1),
    ['I9'],
  ],
  [
    'I9: a run that comes back after another one',
    (history) => {
      const { events } = taskIn(history, 'failed');
      const late = structuredClone(eventIn(history, 'failed', 2));
      events.splice(3, 0, { ...late, id: 'late', epoch: 3 });
      events.forEach((event, index) => (event.seq = index + 1));
    },
    ['I4', 'I5', 'I9'],
  ],
  [
    'I9: two runs under one lease',
    (history) => (eventIn(history, 'failed', 3).epoch = 1),
    ['I9'],
  ],
  [
    'I9: an attempt that goes back',
    (history) => {
      const [part] = partsOf(eventIn(history, 'failed', 2));
      part!.text = part!.text.replace('attempt=1', 'attempt=5');
      const stored = taskIn(history, 'failed').task.history!;
      Object.assign(stored[1]!.parts[0]!, part);
    },
    ['I9'],
  ],
  [
    'I9: a run that worked on another task',
    (history) =>
      history.entries.push({
        kind: 'run',
        at: 1,
        taskId: 'plain',
        run: 'run-failed-2',
        instance: 'n1',
        attempt: 1,
      }),
    ['I9'],
  ],
];

describe('the invariants of logs', () => {
  it.each(rows)('sees %s', (_behaviour, change, expected) => {
    const findings = findingsAfter(change);

    expect(findings.map(({ text }) => text).join()).not.toMatch(
      /undefined|NaN|object Object/,
    );
    expect(invariantsOf(findings)).toEqual(expected);
  });

  it('says which task and what of it', () => {
    const findings = findingsAfter((history) => {
      const task = taskIn(history, 'parked');
      task.dueAt = 90_000;
      task.owner = 'n1';
    });

    expect(findings).toEqual([
      {
        invariant: 'I2',
        taskId: 'parked',
        text: 'it is TASK_STATE_INPUT_REQUIRED and yet owned by n1, overdue by 10000 ms, more than two leases',
      },
    ]);
  });

  it.each<TaskState>(['TASK_STATE_SUBMITTED', 'TASK_STATE_WORKING'])(
    'lets no task rest in %s',
    (state) => {
      const findings = findingsAfter((history) => {
        history.expectations = [];
        taskIn(history, 'parked').state = state;
      });

      expect(invariantsOf(findings)).toContain('I2');
    },
  );

  it('does not compare with a log that is broken', () => {
    const findings = findingsAfter((history) => move(history, 'failed', 1, 2));

    expect(invariantsOf(findings)).toContain('I5');
  });
});
