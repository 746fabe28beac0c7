import {
  findingsAfter,
  found,
  type HistoryDraft,
  invariantsOf,
  taskIn,
} from './samples/changed.js';

type Row = readonly [
  behaviour: string,
  change: (history: HistoryDraft) => void,
  found: readonly string[],
];

const visitsIn = ({ dump }: HistoryDraft) =>
  found(dump.conversations.find(({ value }) => value.count > 0)).value;

const expectationIn = ({ expectations }: HistoryDraft, taskId: string) =>
  found(expectations.find((one) => one.taskId === taskId));

/** Another run of the same turn, which has written a row and a step of its own. */
function bookAgain(history: HistoryDraft): void {
  const { events } = taskIn(history, 'booked');
  const [, begun, step] = structuredClone(events);
  for (const event of [found(begun), found(step)]) {
    const text = JSON.stringify(event.body)
      .replaceAll('run-booked', 'run-again')
      .replaceAll('attempt=1', 'attempt=2');
    events.splice(-1, 0, {
      ...event,
      id: `${event.id}-again`,
      epoch: 2,
      body: JSON.parse(text),
    });
  }
  events.forEach((event, index) => (event.seq = index + 1));
  history.dump.bookings.push({ taskId: 'booked', run: 'run-again' });
}

const rows: readonly Row[] = [
  [
    'I18: an event without its row',
    ({ dump }) => (dump.bookings = []),
    ['I18'],
  ],
  [
    'I18: a row twice',
    ({ dump }) => dump.bookings.push(found(dump.bookings[0])),
    ['I18'],
  ],
  [
    'I18: a row of a run that says nothing of it',
    ({ dump }) => dump.bookings.push({ taskId: 'plain', run: 'run-plain' }),
    ['I18'],
  ],
  [
    'I18: a row of a run that never had the task',
    ({ dump }) => (found(dump.bookings[0]).run = 'another'),
    ['I18'],
  ],
  [
    'I18: a row of no task',
    ({ dump }) => dump.bookings.push({ taskId: 'nowhere', run: 'r' }),
    ['I18'],
  ],
  [
    'I18: fewer rows than belong to the task',
    (history) => (expectationIn(history, 'booked').bookings = 2),
    ['I18'],
  ],
  [
    'I19: a turn that is counted twice',
    (history) =>
      Object.assign(visitsIn(history), {
        count: 2,
        visitors: ['booked/1', 'booked/1'],
      }),
    ['I19'],
  ],
  [
    'I19: a count that was lost to another',
    (history) => (visitsIn(history).visitors = []),
    ['I19'],
  ],
  [
    'I19: a conversation that counts more than it names',
    (history) => (visitsIn(history).count = 2),
    ['I19'],
  ],
  [
    'I19: a turn of another conversation',
    (history) => {
      const visits = visitsIn(history);
      visits.count = 2;
      visits.visitors.push('plain/1');
    },
    ['I19'],
  ],
  [
    'I19: a conversation without its value',
    ({ dump }) => (dump.conversations = []),
    ['I19'],
  ],
  [
    'I19: the value of a tenant that another one has',
    ({ dump }) => (found(dump.conversations[0]).tenant = 'globex'),
    ['I19'],
  ],
];

describe('the invariants of the application', () => {
  it.each(rows)('sees %s', (_behaviour, change, expected) => {
    expect(invariantsOf(findingsAfter(change))).toEqual(expected);
  });

  it('sees a step that is stored twice, although each has its row', () => {
    const findings = findingsAfter(bookAgain);

    expect(invariantsOf(findings)).toContain('I18');
    expect(invariantsOf(findings)).toContain('I5');
  });

  it('lets a run that was cancelled leave its row, or none', () => {
    const findings = findingsAfter((history) => {
      delete expectationIn(history, 'booked').bookings;
      delete expectationIn(history, 'booked').visitors;
      Object.assign(history.dump, { conversations: [] });
    });

    expect(findings).toEqual([]);
  });

  it('says which run, and how often', () => {
    const [finding] = findingsAfter(({ dump }) => (dump.bookings = []));

    expect(finding).toEqual({
      invariant: 'I18',
      taskId: 'booked',
      text: 'run run-booked has 0 rows and 1 events that say so',
    });
  });
});
