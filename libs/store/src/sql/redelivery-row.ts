import { type Seq } from '../log/task-event.js';
import { type DueRedelivery } from '../push/redelivery-ledger.js';
import { ownerOf, type PushRow, toPushConfig, toPushRow } from './push-row.js';
import { type SqlRow } from './sql-database.js';

/** A redelivery, as the columns of its row and that of its configuration say it. */
export interface RedeliveryRow {
  readonly num: number;
  readonly push: PushRow;
  readonly cursor: Seq;
  readonly to: Seq;
  readonly failures: number;
  readonly isHeld: boolean;
  readonly epoch: number;
}

/** Reads a row of `redelivery` with its configuration. */
export function toRedeliveryRow(row: SqlRow): RedeliveryRow {
  return {
    num: Number(row.redelivery),
    push: toPushRow(row),
    cursor: Number(row.redone_seq),
    to: Number(row.until_seq),
    failures: Number(row.redo_failures),
    isHeld: Boolean(row.is_redoing),
    epoch: Number(row.redo_epoch),
  };
}

/** A redelivery that was claimed, as the port shows it; the row has the columns of its task as well. */
export function toDueRedelivery(row: SqlRow): DueRedelivery {
  const { num, push, cursor, to, failures, epoch } = toRedeliveryRow(row);
  const owner = ownerOf(row);
  return {
    config: toPushConfig(push, owner),
    cursor,
    to,
    failures,
    fence: { taskId: owner.id, configId: push.id, redelivery: num, epoch },
  };
}
