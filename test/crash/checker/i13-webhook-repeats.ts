import {
  type Fault,
  type Violation,
  type WebhookReceived,
} from '../history/history.js';
import { spanOf } from './faults-in-time.js';
import { groupBy } from './group-by.js';
import { type HistoryView } from './history-view.js';
import { type PushView } from './push-view.js';

/** The store keeps so many attempts of a configuration; with more, some are not known any more. */
const MAX_ATTEMPTS_KEPT = 100;
/** A claim on a webhook outlives its attempt by so much, milliseconds. */
const CLAIM_MARGIN_MS = 10_000;

/** I13: an event that is sent again is the same to the byte, and something is the cause. */
export function repeatsForACause(view: HistoryView): Violation[] {
  return [
    ...sharedIds(view.webhooks),
    ...view.pushes.flatMap((push) => {
      const { taskId, configId } = push;
      return [
        ...changed(push),
        ...deliveredTwice(push),
        ...uncaused(push, view),
      ].map((text) => ({
        invariant: 'I13',
        taskId,
        text: `webhook ${configId} ${text}`,
      }));
    }),
  ];
}

function sharedIds(webhooks: readonly WebhookReceived[]): Violation[] {
  const byId = groupBy(webhooks, ({ webhookId }) => webhookId);
  return [...byId].flatMap(([webhookId, requests]) => {
    const places = new Set(
      requests.map(({ taskId, configId, seq }) =>
        [taskId, configId, seq].join(' '),
      ),
    );
    const taskId = requests[0]?.taskId ?? '';
    const text = `${webhookId} names ${[...places].join(' and ')}`;
    return places.size > 1 ? [{ invariant: 'I13', taskId, text }] : [];
  });
}

function changed({ requests }: PushView): string[] {
  return [...groupBy(requests, ({ seq }) => seq)].flatMap(([seq, same]) => {
    const ids = new Set(same.map(({ webhookId }) => webhookId));
    const bodies = new Set(same.map(({ bodyHash }) => bodyHash));
    return [
      ...(ids.size > 1 ? [`got event ${seq} with ${ids.size} ids`] : []),
      ...(bodies.size > 1 ? [`got event ${seq} in ${bodies.size} forms`] : []),
    ];
  });
}

/** The cursor never goes back: what was noted as delivered is done. */
function deliveredTwice({ dumped, creates }: PushView): string[] {
  const delivered = (dumped?.attempts ?? []).filter(
    ({ outcome }) => outcome === 'delivered',
  );
  // One that was removed and made again begins anew.
  return creates.length > 0
    ? []
    : [...groupBy(delivered, ({ seq }) => seq)]
        .filter(([, attempts]) => attempts.length > 1)
        .map(([seq, { length }]) => `has noted event ${seq} ${length} times`);
}

/** Requests of which the store knows nothing, between the first request for their event and the last. */
interface Unnoted {
  readonly seq: number;
  readonly from: number;
  readonly to: number;
}

/**
 * What a receiver refuses, or answers too late, is noted and tried again. A
 * request that was sent and not noted was cut short by a fault: there are not
 * more of those than faults.
 */
function uncaused(push: PushView, view: HistoryView): string[] {
  const { dumped, deletes, requests } = push;
  if (
    !dumped ||
    deletes.length > 0 ||
    dumped.attempts.length >= MAX_ATTEMPTS_KEPT
  ) {
    return [];
  }
  const noted = groupBy(dumped.attempts, ({ seq }) => seq);
  const unnoted = [...groupBy(requests, ({ seq }) => seq)].flatMap(
    ([seq, same]) => {
      const excess = same.length - (noted.get(seq)?.length ?? 0);
      const span = {
        seq,
        from: same[0]?.startedAt ?? 0,
        to: same.at(-1)?.startedAt ?? 0,
      };
      return Array.from({ length: Math.max(0, excess) }, () => span);
    },
  );
  return withoutCause(unnoted, causesFor(push, view)).map(
    ({ seq, from, to }) =>
      `got event ${seq} more often than was tried, from ${from} to ${to}, and no fault explains it`,
  );
}

/** Something that can cut an attempt short, each so many times. */
interface Cause {
  readonly from: number;
  readonly to: number;
  times: number;
}

function causesFor(
  { creates }: PushView,
  { faults, settings, allowances }: HistoryView,
): Cause[] {
  const claimMs = settings.pushDeadlineMs + CLAIM_MARGIN_MS;
  const lateMs = claimMs + allowances.slackMs;
  const all = { from: -Infinity, to: Infinity };
  return [
    ...faults.during(all).map((fault) => {
      const { from, to } = spanOf(fault);
      return { from, to: to + lateMs, times: timesOf(fault) };
    }),
    // One that replaces another takes over what that has under way.
    ...creates.map(({ startedAt, endedAt, outcome }) => ({
      from: startedAt,
      to: outcome === 'unknown' ? Infinity : endedAt + lateMs,
      times: 1,
    })),
  ];
}

/**
 * A frozen process can stand in the way of another and then go on itself; a
 * database cuts off several at once. One call that takes too long keeps one
 * attempt from being noted, where it is about a webhook. The stops of a rolling
 * restart are faults of their own.
 */
function timesOf({ action, point = '' }: Fault): number {
  switch (action) {
    case 'cut':
    case 'halfOpen':
    case 'slowReader':
    case 'wakeLost':
    case 'wakeDoubled':
    case 'wakeDelayed':
    case 'rollingRestart':
      return 0;
    case 'delay':
    case 'hang':
      return point.startsWith('push.') ? 1 : 0;
    case 'kill':
    case 'stop':
    case 'errorBefore':
    case 'errorAfter':
      return 1;
    case 'pause':
    case 'block':
    case 'databaseRestart':
    case 'databaseDisconnect':
      return 2;
  }
}

/** Gives each its own cause, the ones that end first the first that fits. */
function withoutCause(
  unnoted: readonly Unnoted[],
  causes: readonly Cause[],
): Unnoted[] {
  const inOrder = [...causes].sort((one, other) => one.to - other.to);
  return [...unnoted]
    .sort((one, other) => one.to - other.to)
    .filter(({ from, to }) => {
      const cause = inOrder.find(
        (one) => one.times > 0 && one.from <= to && from <= one.to,
      );
      if (cause) cause.times -= 1;
      return cause === undefined;
    });
}
