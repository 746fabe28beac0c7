import { noteOrigin } from '../push/origin-breaker.js';
import {
  type OriginBacklog,
  type OriginChange,
  type OriginNote,
  type OriginState,
} from '../push/push-origin.js';
import { type Scope } from '../scope.js';
import {
  fromColumn,
  optionalNumber,
  tenantKeyOf,
  toColumn,
} from './columns.js';
import {
  CLOSE_ORIGIN,
  LOCK_ORIGIN,
  WRITE_ORIGIN,
} from './origin-statements.js';
import { type SqlRow, type SqlSession } from './sql-database.js';

/** The origin of a delivery, for the tenant of its task. */
export interface NotedOrigin {
  readonly origin: string;
  readonly scope: Scope;
  /** Whether it had failures when the delivery was locked. */
  readonly hasFailures: boolean;
}

/**
 * Notes what an attempt says about an origin. The last thing in a transaction:
 * all deliveries of a tenant to an origin that fails write the same row.
 */
export async function noteOfOrigin(
  session: SqlSession,
  noted: NotedOrigin,
  note: OriginNote,
): Promise<OriginChange | undefined> {
  if (note.kind === 'down') {
    return noteFailure(session, noted, note);
  }
  return noted.hasFailures ? close(session, noted) : undefined;
}

async function noteFailure(
  session: SqlSession,
  { origin, scope }: NotedOrigin,
  note: OriginNote,
): Promise<OriginChange | undefined> {
  const key = [toColumn(origin), tenantKeyOf(scope)];
  const owner = [toColumn(scope.agent), toColumn(scope.tenant)];
  const [row] = await session.run(LOCK_ORIGIN, [...key, ...owner]);
  const before = {
    failures: Number(row?.failures),
    openUntil: optionalNumber(row?.open_until),
  };
  const { state, change } = noteOrigin(before, note, Number(row?.now));
  await session.run(WRITE_ORIGIN, [
    ...key,
    state?.failures ?? 0,
    state?.openUntil ?? null,
  ]);
  return change;
}

async function close(
  session: SqlSession,
  { origin, scope }: NotedOrigin,
): Promise<OriginChange | undefined> {
  const key = [toColumn(origin), tenantKeyOf(scope)];
  const [row] = await session.run(CLOSE_ORIGIN, key);
  return optionalNumber(row?.open_until) === undefined
    ? undefined
    : { kind: 'closed' };
}

/** A row as the port shows it. */
export function toOriginState(row: SqlRow): OriginState {
  const openUntil = optionalNumber(row.open_until);
  return {
    agent: fromColumn(row.agent),
    tenant: fromColumn(row.tenant),
    origin: fromColumn(row.origin),
    failures: Number(row.failures),
    ...(openUntil !== undefined && { openUntil }),
  };
}

/** A row of what waits as the port shows it. */
export function toOriginBacklog(row: SqlRow): OriginBacklog {
  return {
    ...toOriginState(row),
    waiting: Number(row.waiting),
    oldestAt: Number(row.oldest_at),
  };
}
