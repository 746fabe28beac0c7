import { draftContinuation, endsTask } from '../log/draft-event.js';
import {
  type NewEvent,
  type Seq,
  type StoredEvent,
} from '../log/task-event.js';
import { type CallContext, SYSTEM_CONTEXT } from '../scope.js';
import {
  type Claim,
  type ClaimOnAccept,
  type ClaimTurns,
  type Fence,
  type Renewal,
  type WorkLedger,
} from '../work/work-ledger.js';
import { fromColumn, optionalNumber, toColumn } from './columns.js';
import {
  type LoadedClaims,
  loadClaims,
  type UnreadableTask,
} from './load-claims.js';
import { lockDueTurns } from './claim-turns.js';
import { type SqlRow, type SqlSession } from './sql-database.js';
import { type SqlParts } from './sql-task-log.js';
import { type TaskRow, toTaskRow } from './task-row.js';
import {
  lockTask,
  taskNotFound,
  writeEvents,
  writeTask,
} from './task-writer.js';
import { type TurnRoom } from './turn-queue.js';
import { TurnRound } from './turn-round.js';
import { fenceOut, isDue, takeOn } from './work-state.js';
import {
  FIND_HELD,
  HAND_BACK,
  LOCK_HELD,
  NEXT_DUE,
  RENEW,
  REQUEST_CANCEL,
  SET_ASIDE,
  TAKE_ON,
} from './work-statements.js';

/** More turns would keep their rows locked for long. */
const MAX_CLAIMS = 256;

/** How long a task stays aside that cannot be read: who repairs it need do nothing else. */
const ASIDE_MS = 3_600_000;

/** Who runs which turn, in a database. */
export class SqlWorkLedger implements WorkLedger {
  private readonly round = new TurnRound();

  constructor(private readonly parts: SqlParts) {}

  async claim(command: ClaimTurns): Promise<readonly Claim[]> {
    const { owner, leaseMs } = command;
    const room = roomOf(command);
    if (room.ofAgent.size === 0) {
      return [];
    }
    const { dialect, transactions } = this.parts;
    const { claims, unreadable } = await transactions.write(async (session) => {
      const search = { session, dialect, round: this.round };
      const due = await lockDueTurns(search, room);
      return takeAllOn(session, due, { owner, leaseMs });
    });
    this.report(unreadable);
    return claims;
  }

  /** After the commit: whatever listens must not decide about the turns. */
  private report(unreadable: readonly UnreadableTask[]): void {
    for (const { row, error } of unreadable) {
      // Not the message: it may quote what somebody said.
      const kind = error instanceof Error ? error.name : typeof error;
      try {
        this.parts.onWarning(
          `Task ${row.id} cannot be read from its events and its snapshot (${kind}): nobody runs it, and the next try is in an hour. Repair its rows or delete the task.`,
        );
      } catch {
        // The others are claimed all the same.
      }
    }
  }

  async renew({
    fences,
    leaseMs,
  }: {
    readonly fences: readonly Fence[];
    readonly leaseMs: number;
  }): Promise<readonly Renewal[]> {
    if (fences.length === 0) {
      return [];
    }
    const rows = await this.parts.transactions.write((session) =>
      renewAll(session, fences, leaseMs),
    );
    return fences.map((fence) => {
      const row = rows.find((found) => isLeaseOf(found, fence));
      return {
        taskId: fence.taskId,
        isHeld: row !== undefined,
        isCancelRequested: Boolean(row?.is_cancel_requested),
      };
    });
  }

  async release({ taskId, epoch }: Fence): Promise<void> {
    await this.parts.transactions.write((session) =>
      session.run(HAND_BACK, [toColumn(taskId), epoch]),
    );
  }

  requestCancel(
    taskId: string,
    context: CallContext,
  ): Promise<'signalled' | 'unowned' | 'finished'> {
    return this.parts.transactions.write(async (session) => {
      const locked = await lockTask(session, taskId, context.access);
      if (!locked) {
        throw taskNotFound();
      }
      const { row, now } = locked;
      if (row.finishedAt !== undefined) {
        return 'finished';
      }
      await session.run(REQUEST_CANCEL, [row.num]);
      const isRunning = row.work.owner !== undefined && !isDue(row.work, now);
      return isRunning ? 'signalled' : 'unowned';
    }, context);
  }

  async fenceOut({
    taskId,
    events,
  }: {
    readonly taskId: string;
    readonly events: readonly NewEvent[];
  }): Promise<
    | { readonly version: Seq; readonly events: readonly StoredEvent[] }
    | undefined
  > {
    const written = await this.parts.transactions.write((session) =>
      endByForce(session, taskId, events),
    );
    this.parts.snapshots.refresh(written?.row, SYSTEM_CONTEXT);
    return written && { version: written.row.version, events: written.events };
  }

  async nextDueAt(agents: readonly string[]): Promise<number | undefined> {
    if (agents.length === 0) {
      return undefined;
    }
    const names = agents.map((agent) => ({ agent: toColumn(agent) }));
    const [row] = await this.parts.transactions.read((session) =>
      session.run(NEXT_DUE, [JSON.stringify(names)]),
    );
    return optionalNumber(row?.due_at);
  }
}

/** Takes turns on that are locked, and sets those aside that cannot be read. */
async function takeAllOn(
  session: SqlSession,
  due: readonly SqlRow[],
  claimant: ClaimOnAccept,
): Promise<LoadedClaims> {
  if (due.length === 0) {
    return { claims: [], unreadable: [] };
  }
  const taken = due.map((found) => {
    const before = toTaskRow(found);
    const work = takeOn(before.work, claimant, Number(found.now));
    return { before, row: { ...before, work } };
  });
  const loaded = await loadClaims(session, taken);
  const aside = new Set(loaded.unreadable.map(({ row }) => row.num));
  const numbers = taken
    .map(({ row }) => row.num)
    .filter((num) => !aside.has(num));
  const { owner, leaseMs } = claimant;
  const values = [JSON.stringify(numbers), toColumn(owner), leaseMs];
  await session.run(TAKE_ON, values);
  if (aside.size > 0) {
    await session.run(SET_ASIDE, [JSON.stringify([...aside]), ASIDE_MS]);
  }
  return loaded;
}

/** What a claim may take, the agents as their column has them. */
function roomOf({ agents, max, maxOfAgent }: ClaimTurns): TurnRoom {
  const most = Math.min(max, MAX_CLAIMS);
  const rooms = agents.map((agent): [string, number] => [
    toColumn(agent),
    Math.min(most, maxOfAgent?.get(agent) ?? most),
  ]);
  return { max: most, ofAgent: new Map(rooms.filter(([, room]) => room > 0)) };
}

/**
 * Prolongs leases. A task that somebody else has locked is left as it is: a lock
 * that the host holds for long must not cost the others their leases, and
 * nobody can take over what is locked.
 *
 * @returns the rows of tasks that somebody runs
 */
async function renewAll(
  session: SqlSession,
  fences: readonly Fence[],
  leaseMs: number,
): Promise<readonly SqlRow[]> {
  const ids = new Set(fences.map(({ taskId }) => toColumn(taskId)));
  const locked = await session.run(LOCK_HELD, [JSON.stringify([...ids])]);
  for (const { id } of locked) {
    ids.delete(String(id));
  }
  const others =
    ids.size > 0
      ? await session.run(FIND_HELD, [JSON.stringify([...ids])])
      : [];
  const held = locked.filter((row) =>
    fences.some((fence) => isLeaseOf(row, fence)),
  );
  const numbers = JSON.stringify(held.map(({ num }) => Number(num)));
  await session.run(RENEW, [numbers, leaseMs]);
  return [...locked, ...others];
}

function isLeaseOf(row: SqlRow, { taskId, epoch }: Fence): boolean {
  return fromColumn(row.id) === taskId && Number(row.epoch) === epoch;
}

async function endByForce(
  session: SqlSession,
  taskId: string,
  events: readonly NewEvent[],
): Promise<{ row: TaskRow; events: readonly StoredEvent[] } | undefined> {
  const locked = await lockTask(session, taskId, 'system');
  if (!locked) {
    throw taskNotFound();
  }
  const { row, now } = locked;
  if (row.finishedAt !== undefined) {
    return undefined;
  }
  const drafts = draftContinuation(events);
  if (!drafts.some(({ body }) => endsTask(body))) {
    throw new TypeError('Whoever is fenced out leaves a task that has ended');
  }
  const target = { row: { ...row, work: fenceOut(row.work) }, now };
  const written = await writeEvents(session, target, { drafts, epoch: 0 });
  await writeTask(session, written.row);
  return written;
}
