import { type Violation, type WebhookReceived } from '../history/history.js';
import { groupBy } from './group-by.js';
import { type HistoryView } from './history-view.js';
import { isDead, mayHaveBegunAgain, type PushView } from './push-view.js';
import { type TaskVersions } from './task-versions.js';

/** I12: a webhook gets events in their order; the next one is not begun before the one before it was taken or is dead. */
export function deliversInOrder(view: HistoryView): Violation[] {
  return view.pushes
    .filter((push) => !mayHaveBegunAgain(push))
    .flatMap((push) => {
      const { taskId, configId } = push;
      const task = view.tasks.get(taskId);
      const texts = task
        ? [...tooEarly(push, task), ...wrongLinks(push, task)]
        : [];
      return texts.map((text) => ({
        invariant: 'I12',
        taskId,
        text: `webhook ${configId} ${text}`,
      }));
    });
}

function tooEarly(push: PushView, task: TaskVersions): string[] {
  const { requests, isLive } = push;
  const bySeq = groupBy(requests, ({ seq }) => seq);
  const from = isLive ? 1 : Math.min(...bySeq.keys());
  return [...bySeq].flatMap(([seq, [first]]) => {
    const before = task.selectedBefore(seq);
    if (!first || before < from) {
      return [];
    }
    const attempts = bySeq.get(before) ?? [];
    return isDoneBefore(first.startedAt, attempts) ||
      mayBeDead(push, before, attempts)
      ? []
      : [
          `got event ${seq} at ${first.startedAt}, before it had taken event ${before}`,
        ];
  });
}

function isDoneBefore(
  moment: number,
  attempts: readonly WebhookReceived[],
): boolean {
  return attempts.some(
    ({ answer, answeredAt }) => answer === 'taken' && answeredAt <= moment,
  );
}

/** Of a configuration that was deleted nobody knows which events were dead. */
function mayBeDead(
  push: PushView,
  seq: number,
  attempts: readonly WebhookReceived[],
): boolean {
  return (
    isDead(push, seq) ||
    (push.dumped === undefined &&
      attempts.some(({ answer }) => answer !== 'taken'))
  );
}

/** Each request names the one before it, so that a receiver sees what it has missed. */
function wrongLinks(
  { requests, isLive }: PushView,
  task: TaskVersions,
): string[] {
  const first = isLive
    ? (task.selected[0] ?? 0)
    : Math.min(...requests.map(({ seq }) => seq));
  return requests.flatMap(({ seq, previousSeq, startedAt }) => {
    const right = seq === first ? 0 : task.selectedBefore(seq);
    return previousSeq === right
      ? []
      : [
          `was told at ${startedAt} that event ${previousSeq} comes before event ${seq}; right is ${right}`,
        ];
  });
}
