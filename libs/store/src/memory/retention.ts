import { type RetentionPolicy } from '../log/task-log.js';
import { type TaskEntry } from './task-entry.js';
import { type TimeIndex } from './time-index.js';

/** Tasks that may go now. */
export interface Expired {
  readonly expired: readonly TaskEntry[];
  /** Whether a bound of the call has left others out. */
  readonly hasMore: boolean;
}

/** The finished tasks that a policy lets go, the oldest first. */
export function selectExpired(
  finished: TimeIndex<TaskEntry>,
  {
    finishedBefore,
    keepFinished,
    limit,
    maxEvents = Infinity,
  }: RetentionPolicy,
): Expired {
  const expired: TaskEntry[] = [];
  let surplus = finished.size - keepFinished;
  let events = 0;
  for (const entry of finished.oldestFirst()) {
    const isOld = (entry.finishedAt ?? Infinity) < finishedBefore;
    if (surplus <= 0 && !isOld) {
      break;
    }
    surplus -= 1;
    if (hasPendingWebhook(entry)) {
      continue;
    }
    events += entry.version;
    if (expired.length >= limit || (expired.length > 0 && events > maxEvents)) {
      return { expired, hasMore: true };
    }
    expired.push(entry);
  }
  return { expired, hasMore: false };
}

function hasPendingWebhook({ configs }: TaskEntry): boolean {
  return [...configs.values()].some(({ isPending }) => isPending);
}
