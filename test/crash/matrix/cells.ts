import { PLAIN_SCRIPT, plainTask, webhookId } from '../workload/task-plan.js';
import { blockedCells } from './blocked-cells.js';
import { booking, visiting, visitingTogether } from './application-cells.js';
import { type Cell, cell, failpointOf } from './cell.js';
import {
  atEachMoment,
  EMITS,
  EVENTS,
  fromMoment,
  READERS,
  SLOW,
  STEADY,
  taken,
  watched,
} from './cell-plans.js';
import { networkCells } from './network-cells.js';
import { slowStoreCells } from './slow-store-cells.js';
import { wakeUpCells } from './wake-up-cells.js';

const LONG = { ...PLAIN_SCRIPT, workMs: 3_000 };
const ENDS = ['TASK_STATE_COMPLETED', 'TASK_STATE_CANCELED'];

/** What ends a process, freezes it, or keeps an answer from it. */
const CRASHES = ['KILL', 'PAUSE', 'ERROR'] as const;

type Crash = (typeof CRASHES)[number];

/** What a cell may need. */
export interface CellOptions {
  /** Whether workers can write rows of the application in one commit with events. */
  readonly canBook: boolean;
}

/** Every failpoint with every action at every moment that makes sense, and what goes wrong elsewhere. */
export function allCells({ canBook }: CellOptions): readonly Cell[] {
  return [
    ...CRASHES.flatMap((action) => [
      ...creating(action),
      ...appending(action),
      ...emitting(action),
      ...claiming(action),
      ...renewing(action),
      ...canceling(action),
      ...delivering(action),
      ...reading(action),
      ...draining(action),
      ...visiting(action),
      ...(canBook ? booking(action) : []),
    ]),
    ...slowStoreCells(),
    ...blockedCells(),
    ...wakeUpCells(),
    ...networkCells(),
    visitingTogether(),
    zombieHeartbeat(),
    lateCompletion(),
  ];
}

function creating(action: Crash): Cell[] {
  return (['create.before_tx', 'create.after_commit'] as const).map((point) =>
    cell(`${point}-${action}`, (name) => ({
      plan: watched(name),
      failpoints: [failpointOf(name, point, { action })],
    })),
  );
}

function appending(action: Crash): Cell[] {
  const points = ['append.before_tx', 'append.after_commit'] as const;
  return atEachMoment(points, action, (point, moment, name) => ({
    plan: watched(name),
    failpoints: [
      failpointOf(name, point, {
        action,
        terminal: moment === 'terminal',
        from: fromMoment(moment, 1),
      }),
    ],
  }));
}

/** An error inside of the worker is one of the worker: it would fail the task, as it should. */
function emitting(action: Crash): Cell[] {
  const points = ['turn.before_emit', 'turn.after_emit'] as const;
  return action === 'ERROR'
    ? []
    : atEachMoment(points, action, (point, moment, name) => ({
        plan: watched(name, { script: STEADY }),
        failpoints: [
          failpointOf(name, point, { action, from: fromMoment(moment, EMITS) }),
        ],
      }));
}

/** The instance that accepts a message runs it; one that fails in between leaves it to a claim. */
function claiming(action: Crash): Cell[] {
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

function renewing(action: Crash): Cell[] {
  return [
    cell(`renew.before-${action}`, (name) => ({
      plan: plainTask(name, { script: LONG, webhook: taken }),
      failpoints: [failpointOf(name, 'renew.before', { action })],
    })),
  ];
}

function canceling(action: Crash): Cell[] {
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

function delivering(action: Crash): Cell[] {
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
        from: fromMoment(moment, EVENTS),
      }),
    ],
  }));
}

function reading(action: Crash): Cell[] {
  return atEachMoment(
    ['sse.after_snapshot'],
    action,
    (point, moment, name) => ({
      plan: plainTask(name, { script: SLOW, subscribers: READERS }),
      failpoints: [
        failpointOf(name, point, { action, from: fromMoment(moment, EVENTS) }),
      ],
    }),
  );
}

/** A deployment that replaces the instance while it works, and goes wrong. */
function draining(action: Crash): Cell[] {
  return [
    cell(`drain.after_release-${action}`, (name) => ({
      plan: watched(name, { script: { ...LONG, workMs: 5_000 } }),
      failpoints: [failpointOf(name, 'drain.after_release', { action })],
      onKnown: ({ fleet }, taskId) => fleet.terminateOwnerOf(taskId),
    })),
  ];
}

/** An instance that has slept goes on and says nothing, while the one that took over dies: nobody may keep the lease for it. */
function zombieHeartbeat(): Cell {
  return cell('zombie-heartbeat', (name) => {
    const asleep = failpointOf(name, 'renew.before', { action: 'PAUSE' });
    return {
      plan: plainTask(name, { script: { ...PLAIN_SCRIPT, workMs: 12_000 } }),
      failpoints: [asleep],
      onKnown: async ({ fleet }, taskId) => {
        const first = await fleet.runs.of(taskId);
        const second = await fleet.runs.of(taskId, first);
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
