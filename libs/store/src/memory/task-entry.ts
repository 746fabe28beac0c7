import { parseTimestamp } from '@nest-a2a/protocol';
import { foldLog, LogFold } from '../fold/log-fold.js';
import { beginsTurn, type Seq, type StoredEvent } from '../log/task-event.js';
import { type LoadOptions, type ReadRange } from '../log/task-log.js';
import { type TaskRecord } from '../log/task-record.js';
import { turnOf } from '../log/turn-of.js';
import { type Scope, scopeKey } from '../scope.js';
import { type Claim, type ClaimOnAccept } from '../work/work-ledger.js';
import { type DraftEvent } from '../log/draft-event.js';
import { type RecordedSend } from './idempotency-table.js';
import { type PushEntry } from './push-entry.js';
import { TaskWork } from './task-work.js';

/** What a task is when it is created. */
export interface TaskSeed {
  readonly scope: Scope;
  readonly taskId: string;
  readonly contextId: string;
  readonly isAnnounced: boolean;
}

/** One task: its log, the fold of it, the work on it, and what else goes when it goes. */
export class TaskEntry {
  readonly id: string;
  readonly scope: Scope;
  /** The {@link scopeKey} of the scope. */
  readonly scopeId: string;
  readonly contextId: string;
  readonly work = new TaskWork();
  /** By id, in the order of their creation. */
  readonly configs = new Map<string, PushEntry>();
  readonly sends: RecordedSend[] = [];
  private readonly log: StoredEvent[] = [];
  private readonly fold: LogFold;
  private readonly wasAnnounced: boolean;
  private statusTime = 0;
  private finishTime: number | undefined;

  constructor({ scope, taskId, contextId, isAnnounced }: TaskSeed) {
    const { agent, tenant, principal } = scope;
    this.id = taskId;
    this.scope = Object.freeze({ agent, tenant, principal });
    this.scopeId = scopeKey(this.scope);
    this.contextId = contextId;
    this.wasAnnounced = isAnnounced;
    this.fold = new LogFold({ scope: this.scope, isAnnounced });
  }

  /** Event n is at index n - 1. */
  get events(): readonly StoredEvent[] {
    return this.log;
  }

  get version(): Seq {
    return this.log.length;
  }

  get isAnnounced(): boolean {
    return this.fold.isAnnounced;
  }

  get isFinished(): boolean {
    return this.finishTime !== undefined;
  }

  get state(): TaskRecord['task']['status']['state'] {
    return this.fold.status.state;
  }

  /** When the task got its status, milliseconds: what lists are sorted by. */
  get statusAt(): number {
    return this.statusTime;
  }

  /** When the task ended, milliseconds. */
  get finishedAt(): number | undefined {
    return this.finishTime;
  }

  /** Continues the log. Costs the size of the events. */
  append(
    drafts: readonly DraftEvent[],
    { at, epoch }: { at: number; epoch: number },
  ): readonly StoredEvent[] {
    return drafts.map((draft) => this.take(draft, { at, epoch }));
  }

  /** Events after a position. Costs the size of the answer. */
  read({ after, limit, maxBytes = Infinity }: ReadRange): StoredEvent[] {
    const start = Math.max(0, after);
    const events = this.log.slice(start, start + limit);
    let bytes = 0;
    const end = events.findIndex(({ json }, index) => {
      bytes += Buffer.byteLength(json);
      return index > 0 && bytes > maxBytes;
    });
    return end < 0 ? events : events.slice(0, end);
  }

  /** The task, now or as it was. */
  record({ asOf, ...options }: LoadOptions = {}): TaskRecord {
    const last = asOf === undefined ? undefined : this.log[asOf - 1];
    if (!last || last.seq === this.version) {
      return this.fold.record(this.work.turn, options);
    }
    const seed = { scope: this.scope, isAnnounced: this.wasAnnounced };
    const past = foldLog(seed, this.log.slice(0, last.seq));
    return past.record(last.turn, options);
  }

  /** Takes on the turn that is due. */
  claim(claimant: ClaimOnAccept, now: number): Claim {
    const { epoch, ...taken } = this.work.claim(claimant, now);
    return {
      record: this.record(),
      turn: turnOf(this.begunBy(this.work.turn)),
      fence: { taskId: this.id, epoch },
      ...taken,
    };
  }

  private take(
    draft: DraftEvent,
    { at, epoch }: { at: number; epoch: number },
  ): StoredEvent {
    const seq = this.version + 1;
    const isTurn = beginsTurn(draft.body.kind);
    if (isTurn) {
      this.work.accept(seq, at);
    }
    const turn = isTurn ? seq : this.work.turn;
    const event = Object.freeze({ ...draft, seq, at, turn, epoch });
    this.log.push(event);
    this.fold.apply(event);
    this.noteStatus(event);
    return event;
  }

  private noteStatus({ body, at }: StoredEvent): void {
    if (body.kind === 'task' || body.kind === 'statusUpdate') {
      this.statusTime = parseTimestamp(this.fold.status.timestamp ?? '') ?? at;
    }
    if (this.fold.isFinished) {
      this.finishTime = at;
      this.work.finish();
    }
  }

  private begunBy(turn: Seq): StoredEvent {
    const event = this.log[turn - 1];
    if (!event) {
      throw new TypeError(`Task ${this.id} has no turn ${turn}`);
    }
    return event;
  }
}
