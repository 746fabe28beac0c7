import { type Task } from '@nest-a2a/protocol';
import {
  isPublicKind,
  isSelected,
  LogFold,
  type TaskEvent,
} from '@nest-a2a/store';
import { type DumpedEvent, type DumpedTask } from '../history/history.js';
import { isSameContent } from './same-content.js';

/** A task at each of its versions, as the sum of its events up to there. */
export class TaskVersions {
  /** The public events, in order. */
  readonly publicEvents: readonly DumpedEvent[];
  /** Those that a webhook gets, in order. */
  readonly selected: readonly number[];
  /** Why the log cannot be summed up to its end. */
  readonly error: string | undefined;
  private readonly snapshots: Task[] = [];
  private readonly byOutline = new Map<string, number[]>();
  private readonly eventsBySeq: ReadonlyMap<number, DumpedEvent>;

  constructor(readonly dumped: DumpedTask) {
    const { events } = dumped;
    this.publicEvents = events.filter(({ eventKind }) =>
      isPublicKind(eventKind as TaskEvent['kind']),
    );
    this.selected = events
      .filter((event) => isSelected('updates', toTaskEvent(event)))
      .map(({ seq }) => seq);
    this.eventsBySeq = new Map(events.map((event) => [event.seq, event]));
    this.error = this.fold();
  }

  /** The task as it was after an event; `undefined` where there is no such event. */
  at(version: number): Task | undefined {
    return this.snapshots[version - 1];
  }

  event(seq: number): DumpedEvent | undefined {
    return this.eventsBySeq.get(seq);
  }

  /** The versions at which the task looked like that. Events that nobody sees make several of them. */
  versionsOf(seen: Task): readonly number[] {
    const candidates = this.byOutline.get(outlineOf(seen)) ?? [];
    return candidates.filter((version) =>
      isSameContent(this.at(version), seen),
    );
  }

  /** The public events behind a version. */
  publicAfter(version: number): readonly DumpedEvent[] {
    return this.publicEvents.slice(
      firstIndex(this.publicEvents, ({ seq }) => seq > version),
    );
  }

  /** The event that a webhook gets before another; 0 for none. */
  selectedBefore(seq: number): number {
    const index = firstIndex(this.selected, (candidate) => candidate >= seq);
    return this.selected[index - 1] ?? 0;
  }

  private fold(): string | undefined {
    const scope = { agent: '', tenant: this.dumped.tenant, principal: '' };
    const fold = new LogFold({ scope, isAnnounced: true });
    try {
      for (const event of this.dumped.events) {
        fold.apply({ seq: event.seq, body: toTaskEvent(event) });
        const snapshot = fold.snapshot();
        const outline = outlineOf(snapshot);
        this.snapshots.push(snapshot);
        const alike = this.byOutline.get(outline);
        if (alike) alike.push(fold.version);
        else this.byOutline.set(outline, [fold.version]);
      }
      return undefined;
    } catch (error) {
      return String(error);
    }
  }
}

/** A dumped event in the form of the store. */
export function toTaskEvent({ eventKind, body }: DumpedEvent): TaskEvent {
  return { ...(body as object), kind: eventKind } as TaskEvent;
}

/** What is quickly compared; most versions of a task differ in it. */
function outlineOf({ status, history, artifacts }: Task): string {
  const parts = (artifacts ?? []).reduce(
    (sum, artifact) => sum + (artifact.parts?.length ?? 0),
    0,
  );
  return [
    status.state,
    Date.parse(status.timestamp ?? ''),
    status.message?.messageId,
    history?.length ?? 0,
    parts,
  ].join();
}

/** Where a condition begins to hold in a sorted list. */
function firstIndex<T>(
  items: readonly T[],
  holds: (item: T) => boolean,
): number {
  let from = 0;
  let to = items.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(items[middle] as T)) to = middle;
    else from = middle + 1;
  }
  return from;
}
