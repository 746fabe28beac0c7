import { type WebhookReceived } from '../history/history.js';
import { operation, webhook } from './samples/entries.js';
import {
  configIn,
  drop,
  entriesIn,
  findingsAfter,
  found,
  type HistoryDraft,
  invariantsOf,
  operationsIn,
  requestsIn,
} from './samples/changed.js';
import { LOGS } from './samples/legal-history.js';

type Row = readonly [
  behaviour: string,
  change: (history: HistoryDraft) => void,
  found: readonly string[],
];

type Request = Pick<WebhookReceived, 'seq' | 'previousSeq' | 'startedAt'> &
  Partial<WebhookReceived>;

function send(history: HistoryDraft, configId: string, request: Request): void {
  const entry = structuredClone(webhook(LOGS.plain, configId, request));
  history.entries.push(entry);
}

function noFaults(history: HistoryDraft): void {
  drop(history, ...entriesIn(history, 'fault'));
}

const only = (history: HistoryDraft, configId: string, seq: number) =>
  found(requestsIn(history, configId, seq)[0]);

const rows: readonly Row[] = [
  [
    'I11: an event that a webhook has not got',
    (history) => {
      drop(history, ...requestsIn(history, 'h-live', 8));
      const config = configIn(history, 'h-live');
      config.attempts = config.attempts.filter(({ seq }) => seq !== 8);
      config.doneSeq = 7;
    },
    ['I11'],
  ],
  [
    'I11: a webhook from the beginning that has got nothing',
    (history) => {
      drop(history, ...requestsIn(history, 'h-live'));
      configIn(history, 'h-live').attempts = [];
    },
    ['I11'],
  ],
  [
    'I11: an event that is missing between others of a webhook that was added later',
    (history) => {
      const request = only(history, 'h-late', 8);
      Object.assign(request, { seq: 6 });
      request.body = requestsIn(history, 'h-live', 6)[0]!.body;
      request.webhookId = 'evt_plain_h-late_6';
      configIn(history, 'h-late').attempts[0]!.seq = 6;
    },
    ['I11'],
  ],
  [
    'I11: a delivery that is noted and never came',
    (history) =>
      configIn(history, 'h-late').attempts.push({
        seq: 7,
        outcome: 'delivered',
        at: 1,
      }),
    ['I11'],
  ],
  [
    'I11: a webhook that waits although all is quiet',
    (history) => (configIn(history, 'h-live').doneSeq = 6),
    ['I11'],
  ],
  [
    'I11: a webhook that was disabled without a reason',
    (history) => (configIn(history, 'h-live').state = 'disabled'),
    ['I11'],
  ],
  [
    'I11: a webhook that has gone from the store',
    (history) => (history.dump.tasks[0]!.configs = []),
    ['I11'],
  ],
  [
    'I11: an event that was refused and is not dead',
    (history) => {
      const { attempts } = configIn(history, 'h-dead');
      attempts[1]!.outcome = 'failed';
    },
    ['I11', 'I12'],
  ],
  [
    'I11: an event that is not for webhooks',
    (history) => {
      send(history, 'h-removed', {
        seq: 5,
        previousSeq: 0,
        startedAt: 39_050,
        body: requestsIn(history, 'h-live', 6)[0]!.body,
      });
      only(history, 'h-removed', 7).previousSeq = 6;
      drop(history, ...requestsIn(history, 'h-removed').slice(0, 2));
    },
    ['I11'],
  ],
  [
    'I11: a chunk where the whole artifact is due',
    (history) => {
      for (const { body } of requestsIn(history, 'h-live', 6)) {
        (body as any).artifactUpdate.artifact.parts.shift();
      }
    },
    ['I11'],
  ],
  [
    'I12: an event that begins before the one before it was taken',
    (history) => (only(history, 'h-live', 7).startedAt = 3_400),
    ['I12'],
  ],
  [
    'I12: an event that follows one that was only refused',
    (history) => {
      const [, , taken] = requestsIn(history, 'h-live', 2);
      Object.assign(taken!, { answer: 'processedButReset' });
    },
    ['I12'],
  ],
  [
    'I12: a link to another event than the one before',
    (history) => (only(history, 'h-live', 7).previousSeq = 3),
    ['I12'],
  ],
  [
    'I12: a first event that claims to have one before it',
    (history) => (only(history, 'h-late', 8).previousSeq = 7),
    ['I12'],
  ],
  [
    'I13: another id for the same event',
    (history) => (requestsIn(history, 'h-live', 2)[1]!.webhookId = 'evt_else'),
    ['I13'],
  ],
  [
    'I13: other bytes for the same event',
    (history) => (requestsIn(history, 'h-live', 2)[1]!.bodyHash = 'else'),
    ['I13'],
  ],
  [
    'I13: one id for two events',
    (history) => {
      const { webhookId } = only(history, 'h-live', 7);
      requestsIn(history, 'h-live', 8).forEach(
        (request) => (request.webhookId = webhookId),
      );
    },
    ['I13'],
  ],
  [
    'I13: an event that is delivered again although it was noted',
    (history) => {
      const { attempts } = configIn(history, 'h-live');
      const again = found(
        attempts.find(({ outcome }) => outcome === 'delivered'),
      );
      attempts.push(structuredClone(again));
    },
    ['I13'],
  ],
  [
    'I13: an event that comes again, and nothing was broken',
    (history) => {
      noFaults(history);
      // What else the faults explain.
      drop(history, only(history, 'h-removed', 8));
      drop(history, ...entriesIn(history, 'streamClosed'));
      drop(
        history,
        found(operationsIn(history).find(({ op }) => op === 'cancel')),
      );
    },
    ['I13'],
  ],
  [
    'I13: an event that comes again twice for one fault',
    (history) =>
      send(history, 'h-live', { seq: 8, previousSeq: 7, startedAt: 33_000 }),
    ['I13'],
  ],
  [
    'I12: a link to another event for a webhook that was deleted later',
    (history) => (only(history, 'h-removed', 8).previousSeq = 6),
    ['I12'],
  ],
  [
    'I13: an event that comes again long after its webhook was made',
    (history) => {
      only(history, 'h-late', 8).startedAt = 90_000;
      send(history, 'h-late', { seq: 8, previousSeq: 0, startedAt: 90_100 });
    },
    ['I13'],
  ],
  [
    'I14: an event before the time that the receiver asked for, long after its webhook was made',
    (history) => {
      const asked = { answer: 'refused', status: 429, retryAfterMs: 1_000 };
      Object.assign(only(history, 'h-late', 8), {
        ...asked,
        startedAt: 90_000,
      });
      only(history, 'h-late', 8).answeredAt = 90_005;
      send(history, 'h-late', { seq: 8, previousSeq: 0, startedAt: 90_100 });
      const { attempts } = configIn(history, 'h-late');
      attempts.unshift({ seq: 8, outcome: 'failed', at: 1 });
    },
    ['I14'],
  ],
  [
    'I14: an event for a webhook that was deleted',
    (history) => (only(history, 'h-removed', 8).startedAt = 70_000),
    ['I14'],
  ],
  [
    'I14: an event before the time that the receiver asked for',
    (history) => {
      const [, , taken] = requestsIn(history, 'h-live', 2);
      Object.assign(taken!, { startedAt: 1_300, answeredAt: 1_305 });
    },
    ['I14'],
  ],
  [
    'I15: a call of what must not be called',
    (history) =>
      history.entries.push({ kind: 'forbidden', at: 5, path: '/inside' }),
    ['I15'],
  ],
  [
    'I16: connections that are never given back',
    (history) => {
      const [, settled] = entriesIn(history, 'resources');
      settled!.counts.sockets = 40;
    },
    ['I16'],
  ],
  [
    'I16: a heap that has grown a lot',
    (history) => {
      const [, settled] = entriesIn(history, 'resources');
      settled!.counts.heapMegabytes = 121;
    },
    ['I16'],
  ],
  [
    'I16: something that was not there at the beginning',
    (history) => {
      const [, settled] = entriesIn(history, 'resources');
      settled!.counts.databaseConnections = 3;
    },
    ['I16'],
  ],
];

describe('the invariants of webhooks and resources', () => {
  it.each(rows)('sees %s', (_behaviour, change, expected) => {
    const findings = findingsAfter(change);

    expect(findings.map(({ text }) => text).join()).not.toMatch(
      /undefined|NaN|Infinity|object Object/,
    );
    expect(invariantsOf(findings)).toEqual(expected);
  });

  it('takes events that were dead for done', () => {
    const findings = findingsAfter((history) => {
      drop(history, ...requestsIn(history, 'h-dead', 2));
    });

    expect(findings).toEqual([]);
  });

  it('wants nothing of a webhook whose receiver has gone (HTTP 410)', () => {
    const findings = findingsAfter((history) => {
      const config = configIn(history, 'h-late');
      Object.assign(config, { state: 'disabled', doneSeq: 8 });
      config.attempts[0]!.outcome = 'dead';
      Object.assign(only(history, 'h-late', 8), {
        answer: 'refused',
        status: 410,
      });
    });

    expect(findings).toEqual([]);
  });

  it('does not know what was under way when a webhook was replaced', () => {
    const findings = findingsAfter((history) => {
      noLiveRepeats(history);
      const [created] = operationsIn(history).filter(
        ({ request }) => request.configId === 'h-late',
      );
      const again = { ...created!, startedAt: 655, endedAt: 660 };
      history.entries.push(structuredClone(again));
      send(history, 'h-late', { seq: 8, previousSeq: 0, startedAt: 665 });
    });

    expect(findings).toEqual([]);
  });

  it('lets a webhook that was made again after its deletion have events again', () => {
    const findings = findingsAfter((history) => {
      const request = { taskId: 'plain', configId: 'h-removed' };
      history.entries.push(
        structuredClone(
          operation('createConfig', [50_000, 50_010], { request }),
        ) as any,
      );
      only(history, 'h-removed', 8).startedAt = 70_000;
      only(history, 'h-removed', 8).previousSeq = 0;
    });

    expect(findings).toEqual([]);
  });

  it('does not know when a creation of unknown outcome takes effect', () => {
    const findings = findingsAfter((history) => {
      const request = { taskId: 'plain', configId: 'h-removed' };
      const facts = { request, outcome: 'unknown' as const };
      history.entries.push(
        structuredClone(
          operation('createConfig', [38_000, 38_900], facts),
        ) as any,
      );
      only(history, 'h-removed', 8).startedAt = 70_000;
    });

    expect(findings).toEqual([]);
  });

  it.each([
    ['stop', 1_300, []],
    ['kill', 1_300, ['I14']],
    ['kill', 2_099, ['I14']],
    ['kill', 2_100, []],
  ] as const)(
    'lets a %s explain at %i what comes before the time that the receiver asked for: %j is found',
    (action, startedAt, expected) => {
      const findings = findingsAfter((history) => {
        const [, throttled, taken] = requestsIn(history, 'h-live', 2);
        throttled!.retryAfterMs = 1_100;
        Object.assign(taken!, { startedAt, answeredAt: startedAt + 5 });
        const at = throttled!.answeredAt;
        history.entries.push({ kind: 'fault', action, at });
      });

      expect(invariantsOf(findings)).toEqual(expected);
    },
  );
});

/** What is repeated because an instance was killed, so that the fault explains nothing else. */
function noLiveRepeats(history: HistoryDraft): void {
  drop(history, requestsIn(history, 'h-live', 8)[1]!);
  drop(
    history,
    ...entriesIn(history, 'fault').filter(({ action }) => action === 'kill'),
  );
}
