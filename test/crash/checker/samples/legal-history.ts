import { type Fault, type History } from '../../history/history.js';
import { type Draft } from './draft.js';
import { operation, streamOf, webhook } from './entries.js';
import {
  bookedLog,
  canceledLog,
  dumpedConfig,
  failedLog,
  parkedLog,
  plainLog,
  questionLog,
} from './legal-tasks.js';

const plain = plainLog('plain');
const question = questionLog('question');
const parked = parkedLog('parked');
const canceled = canceledLog('canceled');
const failed = failedLog('failed');
const booked = bookedLog('booked');
const foreign = plainLog('foreign', 'globex');

/** The logs that {@link legalHistory} is made of. */
export const LOGS = Object.freeze({
  plain,
  question,
  parked,
  canceled,
  failed,
  foreign,
  booked,
});

/** What a client asked for a new task. */
const asked = (taskId: string) => ({
  messageId: `message-${taskId}`,
  contextId: `context-${taskId}`,
  body: '{}',
});

/** A history with all that may happen and nothing that may not, new at each call. */
export function legalHistory(): Draft<History> {
  const history: History = {
    settings: {
      seed: 1,
      runtime: 'postgres',
      leaseMs: 2_000,
      heartbeatMs: 500,
      cancelGraceMs: 1_500,
      pushDeadlineMs: 1_000,
      maxAttempts: 2,
    },
    entries: [
      ...faults(),
      ...calls(),
      ...streams(),
      ...liveWebhook(),
      ...otherWebhooks(),
      ...runsAndResources(),
    ],
    expectations: expectations(),
    dump: {
      now: 100_000,
      tasks: [
        plain.dumped(1, [
          liveConfig(),
          dumpedConfig('h-late', 8, [[8, 'delivered']]),
        ]),
        question.dumped(2),
        parked.dumped(1),
        canceled.dumped(3, [
          dumpedConfig('h-dead', 9, [
            [2, 'failed'],
            [2, 'dead'],
            [6, 'delivered'],
            [8, 'delivered'],
            [9, 'delivered'],
          ]),
        ]),
        failed.dumped(3),
        foreign.dumped(1),
        booked.dumped(1),
      ],
      bookings: [{ taskId: 'booked', run: 'run-booked' }],
      conversations: [
        {
          tenant: 'acme',
          contextId: 'context-booked',
          value: { count: 1, visitors: ['booked/1'] },
        },
      ],
    },
  };
  // As a file would: nothing in it is the same object as anything else.
  return JSON.parse(JSON.stringify(history)) as Draft<History>;
}

function faults(): Fault[] {
  const fault = { kind: 'fault' as const };
  return [
    { ...fault, action: 'kill', at: 20_000, instance: 'n1' },
    { ...fault, action: 'pause', at: 40_000, durationMs: 3_000 },
    { ...fault, action: 'stop', at: 60_000, instance: 'n2' },
  ];
}

function calls() {
  const request = asked('plain');
  const ok = { request, task: plain.taskAt(1) };
  const send = (task: string) => ({ request: asked(task) });
  return [
    // It took effect, and nobody was told; then two clients send the same.
    operation('send', [0, 90], { request, outcome: 'unknown', error: 'reset' }),
    operation('send', [100, 120], ok),
    operation('send', [100, 125], { ...ok, client: 'twin' }),
    operation('get', [130, 140], {
      task: plain.taskAt(4),
      request: { taskId: 'plain' },
    }),
    operation('get', [131, 139], { task: plain.taskAt(5), client: 'c2' }),
    operation('get', [150, 160], {
      task: plain.taskAt(8),
      client: 'grpc',
      binding: 'GRPC',
    }),
    // The same message again, after the task has gone on: the answer of its turn.
    operation('send', [200, 210], {
      ...send('question'),
      task: question.taskAt(4),
    }),
    operation('get', [220, 230], { task: question.taskAt(9) }),
    operation('send', [240, 250], {
      ...send('question'),
      task: question.taskAt(4),
    }),
    operation('send', [212, 214], {
      request: { messageId: 'answer-question', taskId: 'question', body: '{}' },
      task: question.taskAt(6),
    }),
    operation('send', [300, 310], {
      ...send('parked'),
      task: parked.taskAt(1),
    }),
    operation('send', [300, 310], {
      ...send('canceled'),
      task: canceled.taskAt(1),
    }),
    // Slow because somebody was frozen.
    operation('cancel', [38_000, 45_000], {
      request: { taskId: 'canceled' },
      task: canceled.taskAt(9),
    }),
    operation('send', [300, 310], {
      ...send('failed'),
      task: failed.taskAt(1),
    }),
    operation('send', [300, 310], {
      ...send('foreign'),
      tenant: 'globex',
      task: foreign.taskAt(1),
    }),
    operation('list', [50_000, 50_010], {
      listed: ['plain', 'question', 'parked', 'canceled', 'failed'],
    }),
    operation('get', [50_020, 50_030], {
      tenant: 'globex',
      outcome: 'refused',
      request: { taskId: 'plain' },
      error: 'TASK_NOT_FOUND',
    }),
    // Never arrived: nobody knows of it.
    operation('send', [0, 90], {
      ...send('lost'),
      outcome: 'unknown',
      error: 'reset',
    }),
  ];
}

function streams() {
  const grpc = { binding: 'GRPC' as const };
  return [
    ...streamOf(plain, { stream: 's1#1', at: 130, from: 3, to: 5, how: 'cut' }),
    ...streamOf(plain, {
      stream: 's1#2',
      at: 200,
      lastEventId: 5,
      from: 5,
      to: 8,
      how: 'end',
    }),
    ...streamOf(plain, {
      ...grpc,
      stream: 's2#1',
      at: 130,
      from: 3,
      to: 6,
      how: 'cut',
    }),
    ...streamOf(question, {
      stream: 's3#1',
      at: 150,
      by: 'send',
      messageId: 'message-question',
      from: 1,
      to: 4,
      how: 'end',
    }),
    // Ended because its instance was told to stop, and went on elsewhere.
    ...streamOf(parked, {
      stream: 's4#1',
      at: 59_990,
      from: 2,
      to: 2,
      how: 'end',
    }),
    ...streamOf(parked, {
      stream: 's4#2',
      at: 60_100,
      lastEventId: 2,
      from: 2,
      to: 3,
      how: 'end',
    }),
    ...streamOf(canceled, {
      ...grpc,
      stream: 's5#1',
      at: 400,
      from: 4,
      to: 9,
      how: 'end',
    }),
  ];
}

function liveConfig() {
  return dumpedConfig('h-live', 8, [
    [2, 'failed'],
    [2, 'failed'],
    [2, 'delivered'],
    [3, 'failed'],
    [3, 'delivered'],
    [6, 'failed'],
    [6, 'failed'],
    [6, 'delivered'],
    [7, 'delivered'],
    [8, 'delivered'],
  ]);
}

/** Refused, throttled, reset after it was taken, redirected, hung, and killed before it was noted. */
function liveWebhook() {
  const to = webhook.bind(undefined, plain, 'h-live');
  const second = { seq: 2, previousSeq: 0 };
  const third = { seq: 3, previousSeq: 2 };
  const sixth = { seq: 6, previousSeq: 3 };
  const last = { seq: 8, previousSeq: 7 };
  return [
    to({ ...second, startedAt: 1_000, answer: 'refused', status: 500 }),
    to({
      ...second,
      startedAt: 1_100,
      answer: 'refused',
      status: 429,
      retryAfterMs: 1_000,
    }),
    to({ ...second, startedAt: 2_110 }),
    to({ ...third, startedAt: 2_120, answer: 'processedButReset' }),
    to({ ...third, startedAt: 2_230 }),
    to({ ...sixth, startedAt: 2_240, answer: 'redirected', status: 307 }),
    to({ ...sixth, startedAt: 2_340, answer: 'hung' }),
    to({ ...sixth, startedAt: 3_500 }),
    to({ seq: 7, previousSeq: 6, startedAt: 3_600 }),
    to({ ...last, startedAt: 19_990 }),
    to({ ...last, startedAt: 31_100 }),
  ];
}

function otherWebhooks() {
  const late = { taskId: 'plain', configId: 'h-late' };
  const removed = { taskId: 'plain', configId: 'h-removed' };
  const dead = webhook.bind(undefined, canceled, 'h-dead');
  return [
    operation('createConfig', [600, 610], { request: late }),
    webhook(plain, 'h-late', { seq: 8, previousSeq: 0, startedAt: 650 }),
    operation('createConfig', [39_000, 39_010], { request: removed }),
    webhook(plain, 'h-removed', { seq: 7, previousSeq: 0, startedAt: 39_100 }),
    operation('deleteConfig', [41_000, 41_010], { request: removed }),
    // Whoever sent it was frozen when it was deleted.
    webhook(plain, 'h-removed', { seq: 8, previousSeq: 7, startedAt: 46_000 }),
    dead({
      seq: 2,
      previousSeq: 0,
      startedAt: 700,
      answer: 'refused',
      status: 500,
    }),
    dead({
      seq: 2,
      previousSeq: 0,
      startedAt: 800,
      answer: 'refused',
      status: 500,
    }),
    dead({ seq: 6, previousSeq: 2, startedAt: 900 }),
    dead({ seq: 8, previousSeq: 6, startedAt: 910 }),
    dead({ seq: 9, previousSeq: 8, startedAt: 60_000 }),
  ];
}

function runsAndResources() {
  const resources = { kind: 'resources' as const, instance: 'n3' };
  const counts = { sockets: 4, timers: 6, heapMegabytes: 40 };
  return [
    {
      kind: 'run' as const,
      at: 125,
      taskId: 'plain',
      run: 'run-plain',
      instance: 'n1',
      attempt: 1,
    },
    { ...resources, at: 10, when: 'baseline' as const, counts },
    {
      ...resources,
      at: 90_000,
      when: 'settled' as const,
      counts: { sockets: 6, timers: 6, heapMegabytes: 70 },
    },
  ];
}

function expectations(): History['expectations'] {
  const completed = { states: ['TASK_STATE_COMPLETED'], liveConfigs: [] };
  const made = { artifacts: { output: '[0][1]' }, steps: ['prepare'] };
  return [
    {
      ...completed,
      ...made,
      contextId: 'context-plain',
      liveConfigs: ['h-live'],
    },
    {
      ...completed,
      contextId: 'context-question',
      steps: ['prepare', 'prepare'],
    },
    {
      ...completed,
      contextId: 'context-parked',
      states: ['TASK_STATE_INPUT_REQUIRED'],
    },
    {
      contextId: 'context-canceled',
      states: ['TASK_STATE_COMPLETED', 'TASK_STATE_CANCELED'],
      liveConfigs: ['h-dead'],
    },
    { ...completed, contextId: 'context-failed' },
    { ...completed, ...made, contextId: 'context-foreign' },
    { ...completed, contextId: 'context-lost' },
    {
      ...completed,
      contextId: 'context-booked',
      taskId: 'booked',
      steps: ['booked'],
      bookings: 1,
      visitors: ['booked/1'],
    },
  ];
}
