import {
  FAILPOINT_ACTIONS,
  type FailpointAction,
  type FailpointName,
} from '@nest-a2a/testing';
import {
  PLAIN_SCRIPT,
  plainTask,
  type TaskPlan,
  webhookId,
} from '../workload/task-plan.js';
import { type Cell, cell, type CellParts, failpointOf } from './cell.js';

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
const from = (moment: Moment, last: number) =>
  ({ first: 1, middle: 4, terminal: last })[moment];

/** Works on while an instance that was frozen is taken over and comes back. */
const STEADY = { ...PLAIN_SCRIPT, chunks: 14, chunkDelayMs: 200 };
/** What the worker emits then: begun, the chunks, done, the end. */
const EMITS = STEADY.chunks + 3;
/** The log of a plain script: the task, begun, a step, four chunks, done, the end. */
const EVENTS = 9;

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
  ]).concat(cutting(), zombieHeartbeat(), lateCompletion());
}

function creating(action: FailpointAction): Cell[] {
  return (['create.before_tx', 'create.after_commit'] as const).map((point) =>
    cell(`${point}-${action}`, (name) => ({
      plan: watched(name),
      failpoints: [failpointOf(name, point, { action })],
    })),
  );
}

function appending(action: FailpointAction): Cell[] {
  const points = ['append.before_tx', 'append.after_commit'] as const;
  return atEachMoment(points, action, (point, moment, name) => ({
    plan: watched(name),
    failpoints: [
      failpointOf(name, point, {
        action,
        terminal: moment === 'terminal',
        from: from(moment, 1),
      }),
    ],
  }));
}

/** An error inside of the worker is one of the worker: it would fail the task, as it should. */
function emitting(action: FailpointAction): Cell[] {
  const points = ['turn.before_emit', 'turn.after_emit'] as const;
  return action === 'ERROR'
    ? []
    : atEachMoment(points, action, (point, moment, name) => ({
        plan: watched(name, { script: STEADY }),
        failpoints: [
          failpointOf(name, point, { action, from: from(moment, EMITS) }),
        ],
      }));
}

/** The instance that accepts a message runs it; one that fails in between leaves it to a claim. */
function claiming(action: FailpointAction): Cell[] {
  return [
    cell(`claim.after_commit-${action}`, (name) => ({
      plan: watched(name),
      failpoints: [
        failpointOf(name, 'create.after_commit', { action: 'ERROR' }),
        failpointOf(name, 'claim.after_commit', { action }),
      ],
    })),
  ];
}

function renewing(action: FailpointAction): Cell[] {
  return [
    cell(`renew.before-${action}`, (name) => ({
      plan: plainTask(name, { script: LONG, webhook: taken }),
      failpoints: [failpointOf(name, 'renew.before', { action })],
    })),
  ];
}

function canceling(action: FailpointAction): Cell[] {
  const script = { ...LONG, workMs: 6_000 };
  const differences = { cancelAfterMs: 300, states: ENDS };
  return [
    cell(`cancel.after_flag-${action}`, (name) => ({
      plan: watched(name, { ...differences, script }),
      failpoints: [failpointOf(name, 'cancel.after_flag', { action })],
    })),
    cell(`fenceout.after_commit-${action}`, (name) => ({
      plan: watched(name, {
        ...differences,
        script: { ...script, ignoresCancel: true },
      }),
      failpoints: [failpointOf(name, 'fenceout.after_commit', { action })],
    })),
  ];
}

function delivering(action: FailpointAction): Cell[] {
  const points = [
    'push.after_claim',
    'push.after_send',
    'push.after_commit',
  ] as const;
  return atEachMoment(points, action, (point, moment, name) => ({
    plan: plainTask(name, { webhook: taken }),
    failpoints: [
      failpointOf(name, point, {
        action,
        target: webhookId({ name }),
        from: from(moment, EVENTS),
      }),
    ],
  }));
}

function reading(action: FailpointAction): Cell[] {
  return atEachMoment(
    ['sse.after_snapshot'],
    action,
    (point, moment, name) => ({
      plan: plainTask(name, { script: SLOW, subscribers: READERS }),
      failpoints: [
        failpointOf(name, point, { action, from: from(moment, EVENTS) }),
      ],
    }),
  );
}

/** A deployment that replaces the instance while it works, and goes wrong. */
function draining(action: FailpointAction): Cell[] {
  return [
    cell(`drain.after_release-${action}`, (name) => ({
      plan: watched(name, { script: { ...LONG, workMs: 5_000 } }),
      failpoints: [failpointOf(name, 'drain.after_release', { action })],
      onKnown: ({ fleet }, taskId) => fleet.terminateOwnerOf(taskId),
    })),
  ];
}

/** The connection breaks in the middle of a frame. */
function cutting(): Cell[] {
  const markers = {
    first: '"task"',
    middle: '"artifactUpdate"',
    terminal: 'TASK_STATE_COMPLETED',
  };
  return MOMENTS.map((moment) =>
    cell(`sse.mid_frame-CUT-${moment}`, (name) => ({
      plan: plainTask(name, { script: SLOW, streams: true }),
      failpoints: [],
      beside: async ({ fleet, proxies }) => {
        await proxies.http.cutAt('\nid: ', `"${name}"`, markers[moment]);
        fleet.noteCut('sse.mid_frame');
      },
    })),
  );
}

/** A task with a webhook and a reader on each binding. */
function watched(name: string, differences: Partial<TaskPlan> = {}): TaskPlan {
  return plainTask(name, {
    webhook: taken,
    subscribers: READERS,
    ...differences,
  });
}

function atEachMoment(
  points: readonly FailpointName[],
  action: FailpointAction,
  partsOf: (point: FailpointName, moment: Moment, name: string) => CellParts,
): Cell[] {
  return points.flatMap((point) =>
    MOMENTS.map((moment) =>
      cell(`${point}-${action}-${moment}`, (name) =>
        partsOf(point, moment, name),
      ),
    ),
  );
}

/** An instance that has slept goes on and says nothing, while the one that took over dies: nobody may keep the lease for it. */
function zombieHeartbeat(): Cell {
  return cell('zombie-heartbeat', (name) => {
    const asleep = failpointOf(name, 'renew.before', { action: 'PAUSE' });
    return {
      plan: plainTask(name, { script: { ...PLAIN_SCRIPT, workMs: 12_000 } }),
      failpoints: [asleep],
      onKnown: async ({ fleet }, taskId) => {
        const first = await fleet.runOf(taskId);
        const second = await fleet.runOf(taskId, first);
        await fleet.untilWell();
        fleet.killOwner(second);
      },
    };
  });
}

/** The worker completes at the moment in which the canceller cuts it off. */
function lateCompletion(): Cell {
  return cell('late-completion', (name) => ({
    plan: watched(name, {
      cancelAfterMs: 300,
      states: ENDS,
      script: { ...PLAIN_SCRIPT, workMs: 2_500, ignoresCancel: true },
    }),
    failpoints: [],
  }));
}
