import { parseTimestamp } from '@nest-a2a/protocol';
import { type DraftEvent, endsTask } from '../log/draft-event.js';
import { beginsTurn, type StoredEvent } from '../log/task-event.js';
import { bytesOf } from './event-row.js';
import { type LastSelected, maskOf, selectionsOf } from './selections.js';
import { type TaskRow } from './task-row.js';
import { accept, finish } from './work-state.js';

/** The part of a task's row that its events change. */
export type TaskProgress = Pick<
  TaskRow,
  | 'version'
  | 'state'
  | 'statusAt'
  | 'isAnnounced'
  | 'finishedAt'
  | 'work'
  | 'lastSelected'
  | 'tailBytes'
>;

/** Takes events into the row of their task. @returns the row, and the events as they are stored */
export function advanceTask<T extends TaskProgress>(
  row: T,
  drafts: readonly DraftEvent[],
  written: { readonly at: number; readonly epoch: number },
): { readonly row: T; readonly events: readonly StoredEvent[] } {
  let next = row;
  const events = drafts.map((draft) => {
    next = take(next, draft, written.at);
    const { work, version: seq } = next;
    const turn = beginsTurn(draft.body.kind) ? seq : work.turn;
    return { ...draft, ...written, seq, turn };
  });
  return { row: next, events };
}

/** The selections that select one of the events. */
export function selectedBy(drafts: readonly DraftEvent[]): number {
  return drafts.reduce((mask, { body }) => mask | maskOf(body), 0);
}

function take<T extends TaskProgress>(
  row: T,
  draft: DraftEvent,
  at: number,
): T {
  const { body } = draft;
  const version = row.version + 1;
  const status = statusOf(draft);
  const isFinished = endsTask(body);
  const begun = beginsTurn(body.kind)
    ? accept(row.work, version, at)
    : row.work;
  return {
    ...row,
    version,
    ...(status && {
      state: status.state,
      statusAt: parseTimestamp(status.timestamp ?? '') ?? at,
    }),
    isAnnounced: row.isAnnounced || body.kind === 'announce',
    finishedAt: isFinished ? at : row.finishedAt,
    work: isFinished ? finish(begun) : begun,
    lastSelected: lastSelected(row.lastSelected, maskOf(body), version),
    tailBytes: row.tailBytes + bytesOf(draft),
  };
}

/** The status that an event brings. */
export function statusOf({ body }: DraftEvent) {
  switch (body.kind) {
    case 'task':
      return body.task.status;
    case 'statusUpdate':
      return body.statusUpdate.status;
    default:
      return undefined;
  }
}

function lastSelected(
  before: LastSelected,
  mask: number,
  seq: number,
): LastSelected {
  const selections = selectionsOf(mask);
  return selections.length === 0
    ? before
    : {
        ...before,
        ...Object.fromEntries(selections.map((select) => [select, seq])),
      };
}
