import { isTerminal } from '@nest-a2a/protocol';
import {
  isSelected,
  type PushConfig,
  type Seq,
  type StoredEvent,
  SYSTEM_CONTEXT,
  type TaskLog,
} from '@nest-a2a/store';

/** Chunks may be large: a look for the next event must not hold many of them. */
const READ = { limit: 100, maxBytes: 1_048_576 };

/** What a webhook gets next. */
export interface Delivery {
  readonly event: StoredEvent;
  /** Whether it gets the task as it was after the event, in place of all that waited up to it. */
  readonly isSnapshot: boolean;
}

/** What waits behind the cursor of a webhook. */
export interface NextDelivery {
  /** The last event behind which something that is selected may lie. */
  readonly upTo: Seq;
  readonly delivery?: Delivery;
}

/** The selected events that wait, as far as it matters which they are. */
interface Backlog {
  readonly count: number;
  readonly last: StoredEvent;
  readonly beforeLast: StoredEvent | undefined;
}

/** How to look for what to deliver next. */
export interface NextDeliveryOptions {
  /** Whether one task may take the place of all that wait. @default false */
  readonly coalesce?: boolean;
  /** The last event that is meant. @default all */
  readonly to?: Seq;
}

/**
 * Finds what to deliver next: the first selected event behind the cursor, or,
 * with `coalesce`, one task in place of all that wait. The end of a task is
 * told by itself.
 */
export async function nextDelivery(
  config: PushConfig,
  log: TaskLog,
  { coalesce = false, to = Infinity }: NextDeliveryOptions = {},
): Promise<NextDelivery> {
  let upTo = config.cursor;
  let backlog: Backlog | undefined;
  for await (const event of eventsBehind(config, log)) {
    if (event.seq > to) {
      break;
    }
    if (isSelected(config.select, event.body)) {
      backlog = withEvent(backlog, event);
      if (!coalesce) {
        return { upTo, delivery: { event, isSnapshot: false } };
      }
    } else if (!backlog) {
      upTo = event.seq;
    }
  }
  return backlog ? { upTo, delivery: coalesced(backlog, config) } : { upTo };
}

async function* eventsBehind(
  { taskId, cursor }: PushConfig,
  log: TaskLog,
): AsyncGenerator<StoredEvent> {
  let after = cursor;
  for (;;) {
    const range = { after, ...READ };
    const events = await log.read(taskId, range, SYSTEM_CONTEXT);
    yield* events;
    const last = events.at(-1);
    if (!last) {
      return;
    }
    after = last.seq;
  }
}

function withEvent(backlog: Backlog | undefined, last: StoredEvent): Backlog {
  const { count = 0, last: beforeLast } = backlog ?? {};
  return { count: count + 1, last, beforeLast };
}

function coalesced(
  { count, last, beforeLast }: Backlog,
  { protocolVersion }: PushConfig,
): Delivery {
  if (protocolVersion === '0.3') {
    // What is sent is a task anyway.
    return { event: last, isSnapshot: false };
  }
  if (isEndOfTask(last) && beforeLast) {
    return { event: beforeLast, isSnapshot: count > 2 };
  }
  return { event: last, isSnapshot: count > 1 };
}

/** Whether an event ends its task. */
export function isEndOfTask({ body }: StoredEvent): boolean {
  return (
    body.kind === 'statusUpdate' && isTerminal(body.statusUpdate.status.state)
  );
}
