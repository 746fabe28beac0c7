import { type DraftEvent } from '../log/draft-event.js';
import { decodeEvent } from '../log/event-codec.js';
import { type StoredEvent, type TaskEventKind } from '../log/task-event.js';
import { fromColumn, toColumn } from './columns.js';
import { type SqlRow, type SqlValue } from './sql-database.js';

/** The columns of an event, in the order of {@link eventValues}. */
export const EVENT_COLUMNS =
  'task, seq, id, kind, body, turn_body, bytes, written_at, turn, epoch';

/** Size of the JSON of an event. */
export function bytesOf({ json }: Pick<DraftEvent, 'json'>): number {
  return Buffer.byteLength(json);
}

/** The JSON of what an event says of a turn, or of where it comes from, and clients do not see. */
export function turnJsonOf({ body }: Pick<DraftEvent, 'body'>): string | null {
  return 'turn' in body && body.turn ? JSON.stringify(body.turn) : null;
}

/** An event as a row of the task with this number. */
export function eventValues(
  task: number,
  event: StoredEvent,
): readonly SqlValue[] {
  return [
    task,
    event.seq,
    toColumn(event.id),
    event.body.kind,
    event.json,
    turnJsonOf(event),
    bytesOf(event),
    event.at,
    event.turn,
    event.epoch,
  ];
}

/** An event as readers see it. */
export function toStoredEvent(row: SqlRow): StoredEvent {
  return {
    id: fromColumn(row.id),
    ...toFoldable(row),
    at: Number(row.written_at),
    turn: Number(row.turn),
    epoch: Number(row.epoch),
    json: String(row.body),
  };
}

/** As much of an event as a fold takes. */
export function toFoldable(row: SqlRow): Pick<StoredEvent, 'seq' | 'body'> {
  const encoded = {
    kind: String(row.kind) as TaskEventKind,
    json: String(row.body),
    turnJson: (row.turn_body as string | null) ?? undefined,
  };
  return { seq: Number(row.seq), body: decodeEvent(encoded) };
}
