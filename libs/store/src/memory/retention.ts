import { type RetentionPolicy } from '../log/task-log.js';
import { type TaskEntry } from './task-entry.js';
import { type TimeIndex } from './time-index.js';

/** The finished tasks that a policy lets go, the oldest first. */
export function selectExpired(
  finished: TimeIndex<TaskEntry>,
  { finishedBefore, keepFinished, limit }: RetentionPolicy,
): readonly TaskEntry[] {
  const expired: TaskEntry[] = [];
  let surplus = finished.size - keepFinished;
  for (const entry of finished.oldestFirst()) {
    const isOld = (entry.finishedAt ?? Infinity) < finishedBefore;
    if (expired.length >= limit || (surplus <= 0 && !isOld)) {
      break;
    }
    surplus -= 1;
    if (!hasPendingWebhook(entry)) {
      expired.push(entry);
    }
  }
  return expired;
}

function hasPendingWebhook({ configs }: TaskEntry): boolean {
  return [...configs.values()].some(({ isPending }) => isPending);
}
