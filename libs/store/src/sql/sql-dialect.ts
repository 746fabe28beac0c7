import { type AppendEvents } from '../log/task-log.js';
import { type DraftEvent } from '../log/draft-event.js';
import { type CallContext } from '../scope.js';
import { type PushRound } from './push-round.js';
import { type PushLane } from './share-origins.js';
import { type SqlRow, type SqlSession } from './sql-database.js';
import { type TurnQuota } from './turn-queue.js';
import { type Outcome } from './write-outcome.js';

/** An append that one statement can write: under a fence, and nothing but events that begin no turn. */
export interface PlainAppend {
  readonly command: AppendEvents;
  readonly drafts: readonly DraftEvent[];
}

/** Which deliveries to look for. */
export interface PushLaneSearch {
  readonly max: number;
  readonly perOrigin: number;
  readonly round: PushRound;
}

/** What a database does in its own way. */
export interface SqlDialect {
  /** Lets nobody else pass who names the same, until the transaction ends. */
  lock(session: SqlSession, name: string): Promise<void>;

  /**
   * Locks turns that are due, from each queue the longest due that nobody else
   * has locked.
   *
   * @returns rows with {@link TASK_COLUMNS}, `tenant_key` and `now`
   */
  dueTurns(
    session: SqlSession,
    quotas: readonly TurnQuota[],
  ): Promise<readonly SqlRow[]>;

  /** The next fence of a delivery: never the same twice. */
  nextPushEpoch(session: SqlSession): Promise<number>;

  /**
   * What the tenants have for the origins that have room, the tenants of each in
   * the order of the round, {@link MAX_LANES} at most. No more is due of each
   * than the breaker lets through, and than the origin has room for.
   */
  pushLanes(
    session: SqlSession,
    search: PushLaneSearch,
  ): Promise<readonly PushLane[]>;

  /** When the next configuration may be claimed whose origin has room, or the next lease expires. */
  nextPushAt(
    session: SqlSession,
    perOrigin: number,
  ): Promise<number | undefined>;

  /**
   * A short way for most appends. `undefined` where it cannot decide: then
   * nothing was written, and the long way is gone.
   */
  appendPlainly?(
    append: PlainAppend,
    context: CallContext,
  ): Promise<Outcome | undefined>;
}
