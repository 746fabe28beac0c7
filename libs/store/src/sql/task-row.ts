import { type TaskState } from '@nest-a2a/protocol';
import { type Seq } from '../log/task-event.js';
import { type Scope } from '../scope.js';
import { fromColumn, optionalNumber, scopeOf, toColumn } from './columns.js';
import { type LastSelected } from './selections.js';
import { type SqlRow, type SqlValue } from './sql-database.js';
import { type WorkState } from './work-state.js';

/** The row of a task. */
export interface TaskRow {
  readonly num: number;
  readonly id: string;
  readonly scope: Scope;
  readonly contextKey: string;
  /** Whether the task was announced when it was created. */
  readonly wasAnnounced: boolean;
  readonly version: Seq;
  readonly state: TaskState;
  /** When the task got its status, milliseconds: what lists are sorted by. */
  readonly statusAt: number;
  readonly isAnnounced: boolean;
  readonly finishedAt: number | undefined;
  readonly work: WorkState;
  /** The selections of the configurations that the task has, and maybe of more. */
  readonly pushMask: number;
  readonly lastSelected: LastSelected;
  /** Where the snapshot ends; 0 where there is none. */
  readonly snapshotVersion: Seq;
  readonly snapshotBytes: number;
  /** Size of the events behind the snapshot. */
  readonly tailBytes: number;
}

/** What does not change any more, in the order of the columns. */
const FIXED =
  'id, agent, tenant, principal, tenant_key, scope_key, context_id, context_key, was_announced';

/** What a write changes, in the order of {@link changingValues}. */
export const CHANGING = [
  'version',
  'state',
  'list_rank',
  'is_announced',
  'finished_at',
  'turn',
  'owner',
  'due_at',
  'epoch',
  'expirations',
  'is_begun',
  'push_mask',
  'last_updates',
  'last_status',
  'last_terminal',
  'last_all',
  'tail_bytes',
] as const;

/** The columns of an insert. */
export const INSERTED = `${FIXED}, ${CHANGING.join(', ')}`;

/** The columns to read. The table is `t`. */
export const TASK_COLUMNS = [
  'num, id, agent, tenant, principal, context_key, was_announced',
  ...CHANGING,
  'is_cancel_requested, snapshot_version, snapshot_bytes',
]
  .join(', ')
  .split(', ')
  .map((column) => `t.${column}`)
  .join(', ');

/** Reads a row with {@link TASK_COLUMNS}. */
export function toTaskRow(row: SqlRow): TaskRow {
  return {
    num: Number(row.num),
    id: fromColumn(row.id),
    scope: scopeOf(row),
    contextKey: String(row.context_key),
    wasAnnounced: Boolean(row.was_announced),
    version: Number(row.version),
    state: String(row.state) as TaskState,
    statusAt: -Number(row.list_rank),
    isAnnounced: Boolean(row.is_announced),
    finishedAt: optionalNumber(row.finished_at),
    work: toWork(row),
    pushMask: Number(row.push_mask),
    lastSelected: {
      updates: Number(row.last_updates),
      status: Number(row.last_status),
      terminal: Number(row.last_terminal),
      all: Number(row.last_all),
    },
    snapshotVersion: Number(row.snapshot_version),
    snapshotBytes: Number(row.snapshot_bytes),
    tailBytes: Number(row.tail_bytes),
  };
}

function toWork(row: SqlRow): WorkState {
  return {
    turn: Number(row.turn),
    owner: row.owner === null ? undefined : fromColumn(row.owner),
    dueAt: optionalNumber(row.due_at),
    epoch: Number(row.epoch),
    expirations: Number(row.expirations),
    isBegun: Boolean(row.is_begun),
    isCancelRequested: Boolean(row.is_cancel_requested),
  };
}

/** The values of {@link CHANGING}. */
export function changingValues(row: TaskRow): readonly SqlValue[] {
  const { work, lastSelected } = row;
  return [
    row.version,
    row.state,
    -row.statusAt,
    row.isAnnounced,
    row.finishedAt ?? null,
    work.turn,
    work.owner === undefined ? null : toColumn(work.owner),
    work.dueAt ?? null,
    work.epoch,
    work.expirations,
    work.isBegun,
    row.pushMask,
    lastSelected.updates,
    lastSelected.status,
    lastSelected.terminal,
    lastSelected.all,
    row.tailBytes,
  ];
}
