import { FAILPOINT_ACTIONS, type FailpointAction } from '@nest-a2a/testing';
import { PLAIN_SCRIPT, plainTask, webhookId } from '../workload/task-plan.js';
import { type Cell, cellOf, failpointOf } from './cell.js';

const MOMENTS = ['first', 'middle', 'terminal'] as const;

type Moment = (typeof MOMENTS)[number];

const LONG = { ...PLAIN_SCRIPT, workMs: 3_000 };
const SLOW = { ...PLAIN_SCRIPT, chunks: 12, chunkDelayMs: 100 };
const ENDS = ['TASK_STATE_COMPLETED', 'TASK_STATE_CANCELED'];
const READERS = [
  { binding: 'HTTP+JSON', resumes: true },
  { binding: 'JSONRPC', resumes: true },
  { binding: 'GRPC', resumes: false },
] as const;

const taken = () => 'taken' as const;
const nth = (moment: Moment, last: number) =>
  ({ first: 1, middle: 3, terminal: last })[moment];

/** What the worker of a plain script emits: begun, four chunks, done, the end. */
const EMITS = 7;
/** What a webhook of it gets: begun, the artifact, done, the end. */
const DELIVERIES = 4;

/** Every failpoint with every action at every moment that makes sense. */
export function allCells(): readonly Cell[] {
  return FAILPOINT_ACTIONS.flatMap((action) => [
    ...creating(action),
    ...appending(action),
    ...emitting(action),
    ...claiming(action),
    ...renewing(action),
    ...canceling(action),
    ...delivering(action),
    ...reading(action),
    ...draining(action),
  ]).concat(cutting());
}

function creating(action: FailpointAction): Cell[] {
  return (['create.before_tx', 'create.after_commit'] as const).map((point) => {
    const name = `${point}-${action}`;
    return cellOf({
      plan: plainTask(name, { webhook: taken, subscribers: READERS }),
      failpoints: [failpointOf(name, point, { action })],
    });
  });
}

function appending(action: FailpointAction): Cell[] {
  const points = ['append.before_tx', 'append.after_commit'] as const;
  return points.flatMap((point) =>
    MOMENTS.map((moment) => {
      const name = `${point}-${action}-${moment}`;
      const terminal = moment === 'terminal';
      const at = terminal ? 1 : nth(moment, 1);
      return cellOf({
        plan: plainTask(name, { webhook: taken, subscribers: READERS }),
        failpoints: [failpointOf(name, point, { action, terminal, nth: at })],
      });
    }),
  );
}

/** An error inside of the worker is one of the worker: it would fail the task, as it should. */
function emitting(action: FailpointAction): Cell[] {
  const points = ['turn.before_emit', 'turn.after_emit'] as const;
  return action === 'ERROR'
    ? []
    : points.flatMap((point) =>
        MOMENTS.map((moment) => {
          const name = `${point}-${action}-${moment}`;
          const at = nth(moment, EMITS);
          return cellOf({
            plan: plainTask(name, { webhook: taken, subscribers: READERS }),
            failpoints: [failpointOf(name, point, { action, nth: at })],
          });
        }),
      );
}

/** The instance that accepts a message runs it; one that fails in between leaves it to a claim. */
function claiming(action: FailpointAction): Cell[] {
  const name = `claim.after_commit-${action}`;
  return [
    cellOf({
      plan: plainTask(name, { webhook: taken, subscribers: READERS }),
      failpoints: [
        failpointOf(name, 'create.after_commit', { action: 'ERROR' }),
        failpointOf(name, 'claim.after_commit', { action }),
      ],
    }),
  ];
}

function renewing(action: FailpointAction): Cell[] {
  const name = `renew.before-${action}`;
  return [
    cellOf({
      plan: plainTask(name, { script: LONG, webhook: taken }),
      failpoints: [failpointOf(name, 'renew.before', { action })],
    }),
  ];
}

function canceling(action: FailpointAction): Cell[] {
  const flag = `cancel.after_flag-${action}`;
  const fenced = `fenceout.after_commit-${action}`;
  const script = { ...LONG, workMs: 6_000 };
  const plan = { cancelAfterMs: 300, states: ENDS, webhook: taken };
  return [
    cellOf({
      plan: plainTask(flag, { ...plan, script, subscribers: READERS }),
      failpoints: [failpointOf(flag, 'cancel.after_flag', { action })],
    }),
    cellOf({
      plan: plainTask(fenced, {
        ...plan,
        script: { ...script, ignoresCancel: true },
        subscribers: READERS,
      }),
      failpoints: [failpointOf(fenced, 'fenceout.after_commit', { action })],
    }),
  ];
}

function delivering(action: FailpointAction): Cell[] {
  const points = [
    'push.after_claim',
    'push.after_send',
    'push.after_commit',
  ] as const;
  return points.flatMap((point) =>
    MOMENTS.map((moment) => {
      const name = `${point}-${action}-${moment}`;
      const at = nth(moment, DELIVERIES);
      const target = webhookId({ name });
      return cellOf({
        plan: plainTask(name, { webhook: taken }),
        failpoints: [failpointOf(name, point, { action, target, nth: at })],
      });
    }),
  );
}

function reading(action: FailpointAction): Cell[] {
  return MOMENTS.map((moment) => {
    const name = `sse.after_snapshot-${action}-${moment}`;
    const at = nth(moment, 5);
    return cellOf({
      plan: plainTask(name, { script: SLOW, subscribers: READERS }),
      failpoints: [failpointOf(name, 'sse.after_snapshot', { action, nth: at })],
    });
  });
}

/** A deployment that replaces the instance while it works, and goes wrong. */
function draining(action: FailpointAction): Cell[] {
  const name = `drain.after_release-${action}`;
  return [
    cellOf({
      plan: plainTask(name, {
        script: { ...LONG, workMs: 5_000 },
        webhook: taken,
        subscribers: READERS,
      }),
      failpoints: [failpointOf(name, 'drain.after_release', { action })],
      onKnown: async ({ fleet }, taskId) => {
        await fleet.terminateOwnerOf(taskId);
      },
    }),
  ];
}

/** The connection breaks in the middle of a frame. */
function cutting(): Cell[] {
  const markers = {
    first: '"task"',
    middle: '"artifactUpdate"',
    terminal: 'TASK_STATE_COMPLETED',
  };
  return MOMENTS.map((moment) => {
    const name = `sse.mid_frame-CUT-${moment}`;
    return cellOf({
      plan: plainTask(name, { script: SLOW, streams: true }),
      failpoints: [],
      beside: async ({ fleet, proxies }) => {
        await proxies.http.cutAt('\nid: ', `"${name}"`, markers[moment]);
        fleet.noteCut('sse.mid_frame');
      },
    });
  });
}
