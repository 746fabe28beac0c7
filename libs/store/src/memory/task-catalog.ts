import { type ListQuery } from '../log/task-log.js';
import { type TaskRecord } from '../log/task-record.js';
import { type Page } from '../page.js';
import { type Access, scopeKey } from '../scope.js';
import { parsePageToken, toPageToken } from '../page-token.js';
import { type TaskEntry } from './task-entry.js';
import { TimeIndex } from './time-index.js';

/** The announced tasks in the order of lists, of each scope and of all. */
export class TaskCatalog {
  private readonly all = new TimeIndex<TaskEntry>();
  private readonly scopes = new Map<string, TimeIndex<TaskEntry>>();

  get size(): number {
    return this.all.size + this.scopes.size;
  }

  /** Puts a task where its status says, once it is announced. */
  place(entry: TaskEntry): void {
    if (entry.isAnnounced) {
      const { scopeId, statusAt } = entry;
      const scope = this.scopes.get(scopeId) ?? new TimeIndex<TaskEntry>();
      scope.set(entry, statusAt);
      this.scopes.set(scopeId, scope);
      this.all.set(entry, statusAt);
    }
  }

  remove(entry: TaskEntry): void {
    const scope = this.scopes.get(entry.scopeId);
    scope?.delete(entry);
    if (scope?.size === 0) {
      this.scopes.delete(entry.scopeId);
    }
    this.all.delete(entry);
  }

  /** @throws StoreError `INVALID_PAGE_TOKEN` */
  list(query: ListQuery, access: Access): Page<TaskRecord> {
    const position = query.pageToken ? positionOf(query.pageToken) : undefined;
    const index =
      access === 'system' ? this.all : this.scopes.get(scopeKey(access));
    if (!index) {
      return { items: [], nextPageToken: '', totalSize: 0 };
    }
    const { historyLength, includeArtifacts, pageSize } = query;
    // One more than the page has: whether there is a next one.
    const found = select(index.newestFirst(position), query, pageSize + 1);
    const page = found.slice(0, pageSize);
    const last = found.length > pageSize ? page.at(-1) : undefined;
    return {
      items: page.map((entry) =>
        entry.record({ historyLength, includeArtifacts }),
      ),
      nextPageToken: last ? toPageToken([last.statusAt, last.id]) : '',
      totalSize: count(index, query),
    };
  }
}

function count(index: TimeIndex<TaskEntry>, query: ListQuery): number {
  const { contextId, state, statusSince } = query;
  return (contextId ?? state ?? statusSince) === undefined
    ? index.size
    : select(index.newestFirst(), query, Infinity).length;
}

function select(
  newestFirst: Iterable<TaskEntry>,
  { contextId, state, statusSince = -Infinity }: ListQuery,
  limit: number,
): TaskEntry[] {
  const found: TaskEntry[] = [];
  for (const entry of newestFirst) {
    if (found.length === limit || entry.statusAt < statusSince) {
      break;
    }
    const isWanted =
      (contextId === undefined || entry.contextId === contextId) &&
      (state === undefined || entry.state === state);
    if (isWanted) {
      found.push(entry);
    }
  }
  return found;
}

function positionOf(token: string): { time: number; id: string } {
  const [time, id] = parsePageToken(token, isPosition);
  return { time, id };
}

function isPosition(value: unknown): value is [number, string] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === 'number' &&
    typeof value[1] === 'string'
  );
}
