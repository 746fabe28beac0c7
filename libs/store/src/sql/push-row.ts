import { type ProtocolVersion } from '@nest-a2a/protocol';
import { type Seq } from '../log/task-event.js';
import { type PushConfig, type PushConfigState } from '../push/push-config.js';
import { type DeliveryAttempt } from '../push/push-ledger.js';
import { type PushSelect } from '../push/push-select.js';
import { type Scope } from '../scope.js';
import {
  fromColumn,
  optionalNumber,
  scopeOf,
  tenantKeyOf,
  toColumn,
} from './columns.js';
import { type LastSelected } from './selections.js';
import { type SqlRow, type SqlValue } from './sql-database.js';

/**
 * The delivery of one configuration, as the columns of its row say it. Held:
 * somebody has a fence, and `dueAt` is when the lease expires. Else `dueAt` is
 * when it is due, and missing while nothing selected lies behind the cursor.
 * What is not active is not claimed, whatever `dueAt` says.
 */
export interface PushRow {
  readonly num: number;
  readonly id: string;
  readonly protocolVersion: ProtocolVersion;
  readonly select: PushSelect;
  readonly origin: string;
  readonly sealed: Uint8Array;
  readonly state: PushConfigState;
  readonly cursor: Seq;
  readonly previous: Seq;
  readonly failures: number;
  readonly failingSince: number | undefined;
  readonly isHeld: boolean;
  readonly epoch: number;
  readonly dueAt: number | undefined;
}

/** Reads a row of `push`. */
export function toPushRow(row: SqlRow): PushRow {
  return {
    num: Number(row.num),
    id: fromColumn(row.config_id),
    protocolVersion: String(row.protocol_version) as ProtocolVersion,
    select: String(row.selects) as PushSelect,
    origin: fromColumn(row.origin),
    sealed: Uint8Array.from(row.sealed as Uint8Array),
    state: String(row.state) as PushConfigState,
    cursor: Number(row.done_seq),
    previous: Number(row.previous_seq),
    failures: Number(row.failures),
    failingSince: optionalNumber(row.failing_since),
    isHeld: Boolean(row.is_held),
    epoch: Number(row.epoch),
    dueAt: optionalNumber(row.due_at),
  };
}

/**
 * The values of the statement that writes a delivery. The version before knew no
 * tenants here, so they are written each time.
 */
export function pushValues(row: PushRow, scope: Scope): readonly SqlValue[] {
  return [
    row.num,
    row.state,
    row.cursor,
    row.previous,
    row.failures,
    row.failingSince ?? null,
    row.isHeld,
    row.dueAt ?? null,
    tenantKeyOf(scope),
  ];
}

/** The configuration as the port shows it. */
export function toPushConfig(
  row: PushRow,
  { id: taskId, scope }: { readonly id: string; readonly scope: Scope },
): PushConfig {
  return {
    id: row.id,
    protocolVersion: row.protocolVersion,
    select: row.select,
    origin: row.origin,
    sealed: row.sealed,
    taskId,
    scope,
    state: row.state,
    cursor: row.cursor,
    previous: row.previous,
    failures: row.failures,
    ...(row.failingSince !== undefined && { failingSince: row.failingSince }),
  };
}

/** Whose configuration a row with the columns of its task is. */
export function ownerOf(row: SqlRow): { id: string; scope: Scope } {
  return { id: fromColumn(row.task_id), scope: scopeOf(row) };
}

/** Due now where something selected lies behind the cursor, else idle. */
export function dueNow(
  { select, cursor }: Pick<PushRow, 'select' | 'cursor'>,
  lastSelected: LastSelected,
  now: number,
): number | undefined {
  return lastSelected[select] > cursor ? now : undefined;
}

/** An attempt as a row. */
export function attemptValues(
  push: number,
  attempt: DeliveryAttempt,
): readonly SqlValue[] {
  return [
    push,
    attempt.seq,
    attempt.attempt,
    attempt.at,
    attempt.durationMs,
    attempt.outcome,
    attempt.status ?? null,
    attempt.error === undefined ? null : toColumn(attempt.error),
    attempt.nextAt ?? null,
    attempt.isRedelivery === true,
  ];
}

/** An attempt as the port shows it. */
export function toAttempt(row: SqlRow): DeliveryAttempt {
  const nextAt = optionalNumber(row.next_at);
  const status = optionalNumber(row.status);
  return {
    taskId: fromColumn(row.task_id),
    configId: fromColumn(row.config_id),
    seq: Number(row.seq),
    attempt: Number(row.number),
    at: Number(row.began_at),
    durationMs: Number(row.duration_ms),
    outcome: String(row.outcome) as DeliveryAttempt['outcome'],
    ...(status !== undefined && { status }),
    ...(row.error !== null && { error: fromColumn(row.error) }),
    ...(nextAt !== undefined && { nextAt }),
    ...(Boolean(row.is_redelivery) && { isRedelivery: true }),
  };
}
