import { type Violation, type WebhookReceived } from '../history/history.js';
import { standsStill } from './faults-in-time.js';
import { type HistoryView } from './history-view.js';
import { type PushView } from './push-view.js';

/** I14: a webhook that was deleted gets nothing more but what was under way; one that asks for time gets it. */
export function sendsOnlyWhenWanted(view: HistoryView): Violation[] {
  return view.pushes.flatMap((push) => {
    const { taskId, configId } = push;
    return [...afterDelete(push, view), ...beforeRetryAfter(push, view)].map(
      (text) => ({
        invariant: 'I14',
        taskId,
        text: `webhook ${configId} ${text}`,
      }),
    );
  });
}

function afterDelete(push: PushView, view: HistoryView): string[] {
  const { requests, deletes } = push;
  const { settings, allowances, faults } = view;
  return deletes
    .filter(({ outcome }) => outcome === 'ok')
    .flatMap(({ startedAt, endedAt }) => {
      if (mayBeginAfter(push, startedAt)) {
        return [];
      }
      const durationMs = settings.pushDeadlineMs + allowances.slackMs;
      const latest = faults.latestEnd(endedAt, durationMs);
      return requests
        .filter((request) => request.startedAt > latest)
        .map(
          ({ seq, startedAt: at }) =>
            `got event ${seq} at ${at}; it was deleted at ${endedAt}, and until ${latest} something may have been under way`,
        );
    });
}

/** What nobody knows the outcome of may still happen later. */
function mayBeginAfter({ creates }: PushView, moment: number): boolean {
  return creates.some(
    ({ outcome, endedAt }) =>
      outcome === 'unknown' || (outcome === 'ok' && endedAt >= moment),
  );
}

function beforeRetryAfter(push: PushView, view: HistoryView): string[] {
  return push.requests.flatMap((request, index) => {
    const { seq, answeredAt, retryAfterMs } = request;
    if (retryAfterMs === undefined) {
      return [];
    }
    const next = push.requests.slice(index + 1).find((one) => one.seq === seq);
    const earliest = answeredAt + retryAfterMs - view.allowances.toleranceMs;
    return !next ||
      next.startedAt >= earliest ||
      isExplained(push, { request, next, view })
      ? []
      : [
          `asked at ${answeredAt} for ${retryAfterMs} ms, and got event ${seq} again at ${next.startedAt}`,
        ];
  });
}

/**
 * Who replaces a webhook gets what is due at once. An instance that stops breaks
 * off an answer that it has not read; one that was frozen may go on with what
 * others have done meanwhile. Any other fault can keep the answer from being
 * noted, and then the claim has to expire, which takes longer than an attempt.
 */
function isExplained(
  { creates }: PushView,
  {
    request,
    next,
    view,
  }: { request: WebhookReceived; next: WebhookReceived; view: HistoryView },
): boolean {
  const from = request.startedAt - view.allowances.slackMs;
  const to = next.startedAt;
  const mayHaveExpired = to - request.startedAt >= view.settings.pushDeadlineMs;
  return (
    view.faults
      .during({ from, to })
      .some(
        (fault) =>
          mayHaveExpired || fault.action === 'stop' || standsStill(fault),
      ) ||
    creates.some(
      ({ startedAt, endedAt, outcome }) =>
        startedAt <= to && (endedAt >= from || outcome === 'unknown'),
    )
  );
}
