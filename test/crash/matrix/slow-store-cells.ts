import { type Failpoint } from '@nest-a2a/testing';
import { LAB_TIMING } from '../lab/settings.js';
import { PLAIN_SCRIPT, plainTask, webhookId } from '../workload/task-plan.js';
import { type Cell, cell, failpointOf } from './cell.js';
import {
  EVENTS,
  fromMoment,
  MOMENTS,
  STEADY,
  taken,
  watched,
} from './cell-plans.js';

/** A lease of a turn, and one of a webhook, is over by then. Milliseconds. */
const TURN_MS = LAB_TIMING.leaseMs * 1.6;
const PUSH_MS = LAB_TIMING.pushDeadlineMs + 10_000 + LAB_TIMING.leaseMs;

/** How a call of the store can be slow, by the name of it in a cell. */
const SLOW_CALLS = (hangMs: number) =>
  ({
    DELAY: { action: 'DELAY', durationMs: 900 },
    HANG: { action: 'HANG', durationMs: hangMs },
    'HANG-FAIL': { action: 'HANG', durationMs: hangMs, fails: true },
  }) as const;

type SlowCall = keyof ReturnType<typeof SLOW_CALLS>;

const ALL = ['DELAY', 'HANG', 'HANG-FAIL'] as const;

/** Calls of the store that take too long, and go on or fail after that. */
export function slowStoreCells(): Cell[] {
  return [
    ...ALL.flatMap((call) => [
      ...creating(call),
      ...appending(call),
      claiming(call),
      renewing(call),
      ...delivering(call),
    ]),
    deafAndDumb(),
  ];
}

function creating(call: SlowCall): Cell[] {
  return (['create.before_tx', 'create.after_commit'] as const).map((point) =>
    cell(`${point}-${call}`, (name) => ({
      plan: watched(name),
      failpoints: [failpointOf(name, point, SLOW_CALLS(TURN_MS)[call])],
    })),
  );
}

/** A delay is the same at every moment. */
function appending(call: SlowCall): Cell[] {
  const moments = call === 'DELAY' ? (['middle'] as const) : MOMENTS;
  const points = ['append.before_tx', 'append.after_commit'] as const;
  return points.flatMap((point) =>
    moments.map((moment) =>
      cell(`${point}-${call}-${moment}`, (name) => ({
        plan: watched(name),
        failpoints: [
          failpointOf(name, point, {
            ...SLOW_CALLS(TURN_MS)[call],
            terminal: moment === 'terminal',
            from: fromMoment(moment, 1),
          }),
        ],
      })),
    ),
  );
}

/** Who has claimed learns of it when the lease may be somebody else's. */
function claiming(call: SlowCall): Cell {
  return cell(`claim.after_commit-${call}`, (name) => ({
    plan: watched(name),
    failpoints: [
      failpointOf(name, 'create.after_commit', { action: 'ERROR' }),
      failpointOf(name, 'claim.after_commit', SLOW_CALLS(TURN_MS)[call]),
    ],
  }));
}

function renewing(call: SlowCall): Cell {
  return cell(`renew.before-${call}`, (name) => ({
    plan: watched(name, { script: STEADY }),
    failpoints: [failpointOf(name, 'renew.before', SLOW_CALLS(TURN_MS)[call])],
  }));
}

function delivering(call: SlowCall): Cell[] {
  return (['first', 'terminal'] as const).map((moment) =>
    cell(`push.after_claim-${call}-${moment}`, (name) => ({
      plan: plainTask(name, { webhook: taken }),
      failpoints: [
        failpointOf(name, 'push.after_claim', {
          ...SLOW_CALLS(PUSH_MS)[call],
          target: webhookId({ name }),
          from: fromMoment(moment, EVENTS),
        }),
      ],
    })),
  );
}

/** A write and the heartbeat hang together, so the write goes on when somebody else has the lease. */
function deafAndDumb(): Cell {
  return cell('renew-and-append-HANG', (name) => {
    const hang = (point: Failpoint['point'], from: number) =>
      failpointOf(name, point, {
        action: 'HANG',
        durationMs: 2 * LAB_TIMING.leaseMs,
        from,
      });
    return {
      plan: watched(name, { script: { ...STEADY, steps: PLAIN_SCRIPT.steps } }),
      failpoints: [hang('renew.before', 0), hang('append.before_tx', 6)],
    };
  });
}
