import { operation, streamOf } from './samples/entries.js';
import {
  drop,
  entriesIn,
  findingsAfter,
  found,
  framesIn,
  type HistoryDraft,
  invariantsOf,
  operationIn,
  operationsIn,
  requestsIn,
} from './samples/changed.js';
import { type Draft } from './samples/draft.js';
import { LOGS } from './samples/legal-history.js';
import { type History, type StreamClosed } from '../history/history.js';

type Row = readonly [
  behaviour: string,
  change: (history: HistoryDraft) => void,
  found: readonly string[],
];

const add = (history: HistoryDraft, ...entries: readonly unknown[]) =>
  history.entries.push(
    ...(structuredClone(entries) as Draft<History['entries']>),
  );

const get = (
  taskId: 'plain' | 'canceled',
  version: number,
  startedAt: number,
) =>
  operation('get', [startedAt, startedAt + 5], {
    client: 'c9',
    task: LOGS[taskId].taskAt(version),
  });

const listIn = (history: HistoryDraft) =>
  found(operationsIn(history).find(({ op }) => op === 'list'));

function closedIn(history: HistoryDraft, stream: string): Draft<StreamClosed> {
  return found(
    entriesIn(history, 'streamClosed').find((one) => one.stream === stream),
  );
}

const reads: readonly Row[] = [
  [
    'I6: an answer that is older than what another client had seen',
    (history) => add(history, get('plain', 2, 146)),
    ['I6'],
  ],
  [
    'I6: an answer that is older than what a stream had shown',
    (history) => {
      drop(history, ...operationsIn(history).filter(({ op }) => op === 'get'));
      add(history, get('plain', 4, 165));
    },
    ['I6'],
  ],
  [
    'I6: a stream that begins with less than what was known',
    (history) => {
      const sample = { stream: 's9#1', at: 146, from: 2, to: 8 };
      add(history, ...streamOf(LOGS.plain, { ...sample, how: 'end' }));
    },
    ['I6'],
  ],
  [
    'I6: a task that somebody saw and that is not in the store',
    (history) => {
      const { task } = operationIn(history, 'get', 'question');
      task!.id = 'gone';
    },
    ['I6'],
  ],
  [
    'I6: a task that is not found although it was there',
    (history) =>
      add(
        history,
        operation('get', [1_000, 1_010], {
          outcome: 'refused',
          request: { taskId: 'plain' },
          error: 'TASK_NOT_FOUND',
        }),
      ),
    ['I6'],
  ],
  [
    'I6: a list that does not have a task that was there',
    (history) => listIn(history).listed!.pop(),
    ['I6'],
  ],
  [
    'I7: a task that works again after it was seen ended',
    (history) => add(history, get('plain', 7, 500)),
    ['I6', 'I7'],
  ],
  [
    'I7: another end than the one that stays',
    (history) => {
      const { task } = operationIn(history, 'cancel', 'canceled');
      task!.status.state = 'TASK_STATE_FAILED';
    },
    ['I5', 'I7'],
  ],
  [
    'I7: another end in a webhook',
    (history) => {
      const [request] = requestsIn(history, 'h-dead', 9);
      const body = request!.body as any;
      body.statusUpdate.status.state = 'TASK_STATE_REJECTED';
    },
    ['I7', 'I11'],
  ],
  [
    'I8: a task that was cancelled and is completed',
    (history) => {
      const { task } = operationIn(history, 'cancel', 'canceled');
      Object.assign(task!, LOGS.canceled.taskAt(9), { id: 'foreign' });
      operationIn(history, 'cancel', 'foreign').tenant = 'globex';
    },
    ['I5', 'I7', 'I8'],
  ],
  [
    'I8: a task that was cancelled and that a webhook saw completed',
    (history) => {
      const [request] = requestsIn(history, 'h-dead', 9);
      const body = request!.body as any;
      body.statusUpdate.status.state = 'TASK_STATE_COMPLETED';
    },
    ['I7', 'I8', 'I11'],
  ],
  [
    'I8: a cancellation that took too long, and nothing was broken',
    (history) => {
      const cancel = operationIn(history, 'cancel', 'canceled');
      Object.assign(cancel, { startedAt: 70_000, endedAt: 78_100 });
    },
    ['I8'],
  ],
  [
    'I8: a cancellation without an answer in time, and nothing was broken',
    (history) =>
      add(
        history,
        operation('cancel', [70_000, 78_100], {
          request: { taskId: 'canceled' },
          outcome: 'unknown',
        }),
      ),
    ['I8'],
  ],
  [
    'I17: a task of another tenant in an answer',
    (history) => (operationIn(history, 'get', 'question').tenant = 'globex'),
    ['I17'],
  ],
  [
    'I17: a task of another tenant in a list',
    (history) => listIn(history).listed!.push('foreign'),
    ['I17'],
  ],
  [
    'I17: a task of another tenant in a stream',
    (history) => (entriesIn(history, 'streamOpened')[0]!.tenant = 'globex'),
    ['I17'],
  ],
  [
    'I17: a task of another tenant in a webhook',
    (history) => (requestsIn(history, 'h-late')[0]!.tenant = 'globex'),
    ['I17'],
  ],
];

const streams: readonly Row[] = [
  [
    'an event that is missing',
    (history) => drop(history, framesIn(history, 's1#2')[1]!),
    ['I10'],
  ],
  [
    'an event that is missing, where events have no numbers',
    (history) => drop(history, framesIn(history, 's5#1')[2]!),
    ['I10'],
  ],
  [
    'an event that comes twice',
    (history) => {
      const frames = framesIn(history, 's1#2');
      frames[2]!.id = frames[1]!.id!;
      frames[2]!.response = structuredClone(frames[1]!.response);
    },
    ['I10'],
  ],
  [
    'events in another order',
    (history) => {
      const [, second, third] = framesIn(history, 's1#2');
      [second!.id, third!.id] = [third!.id!, second!.id!];
      [second!.response, third!.response] = [third!.response, second!.response];
    },
    ['I10'],
  ],
  [
    'an event with another content',
    (history) => {
      const { response } = framesIn(history, 's1#2')[1]!;
      (response as any).artifactUpdate.artifact.parts[0].text = 'else';
    },
    ['I10'],
  ],
  [
    'an event with the number of another',
    (history) => (framesIn(history, 's1#2')[1]!.id = 7),
    ['I10'],
  ],
  [
    'a stream that does not begin with the task',
    (history) => drop(history, framesIn(history, 's1#1')[0]!),
    ['I10'],
  ],
  [
    'a stream that does not go on where it broke',
    (history) => {
      const [first, second] = framesIn(history, 's1#2');
      drop(history, second!);
      first!.id = 6;
      first!.response = { task: LOGS.plain.taskAt(6) };
    },
    ['I10'],
  ],
  [
    'a first task that is not the task as of its event (I5)',
    (history) => {
      const [first] = framesIn(history, 's1#2');
      first!.response = { task: LOGS.plain.taskAt(6) };
    },
    ['I5'],
  ],
  [
    'a first task that never was like that, where events have no numbers (I5)',
    (history) => {
      const [first] = framesIn(history, 's5#1');
      (first!.response as any).task.status.state = 'TASK_STATE_SUBMITTED';
    },
    ['I5'],
  ],
  [
    'a stream of another task than the one that was asked for',
    (history) => {
      const [opened] = entriesIn(history, 'streamOpened');
      opened!.taskId = 'question';
    },
    ['I10'],
  ],
  [
    'a stream that the agent ended too early',
    (history) => {
      const last = framesIn(history, 's1#2').at(-1)!;
      drop(history, last);
    },
    ['I10'],
  ],
  [
    'a stream that the agent ended without a word',
    (history) => {
      drop(history, ...framesIn(history, 's3#1'));
    },
    ['I10'],
  ],
  [
    'a stream that the agent ended long before it stopped itself',
    (history) => (closedIn(history, 's4#1').at = 50_000),
    ['I10'],
  ],
];

describe('the invariants of what clients see', () => {
  it.each(reads)('sees %s', (_behaviour, change, expected) => {
    expect(invariantsOf(findingsAfter(change))).toEqual(expected);
  });

  it.each(streams)('sees in streams %s', (_behaviour, change, expected) => {
    expect(invariantsOf(findingsAfter(change))).toEqual(expected);
  });

  it('does not compare what was asked at the same time', () => {
    const findings = findingsAfter((history) =>
      add(history, get('plain', 2, 139)),
    );

    expect(findings).toEqual([]);
  });

  it('does not mind the spelling of protocol buffers', () => {
    const findings = findingsAfter((history) => {
      const { task } = operationsIn(history).find(
        ({ binding }) => binding === 'GRPC',
      )!;
      task!.status.timestamp = task!.status.timestamp!.replace('Z', '000Z');
      Object.assign(task!, { metadata: {} });
      Object.assign(task!.artifacts![0]!, { name: '', extensions: [] });
    });

    expect(findings).toEqual([]);
  });

  it('takes a stream that broke with an error for broken, whoever closed it', () => {
    const findings = findingsAfter((history) => {
      Object.assign(closedIn(history, 's1#1'), { how: 'end', error: 'reset' });
    });

    expect(findings).toEqual([]);
  });

  it('says what a stream has in place of what', () => {
    const [finding] = findingsAfter((history) =>
      drop(history, framesIn(history, 's1#2')[1]!),
    );

    expect(finding).toEqual({
      invariant: 'I10',
      taskId: 'plain',
      text: 'stream s1#2 has frame 2 (id 7, statusUpdate) where event 6 comes next',
    });
  });
});
