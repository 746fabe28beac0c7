import { type ListQuery } from '../log/task-log.js';
import { type Page } from '../page.js';
import { parsePageToken, toPageToken } from '../page-token.js';
import { type Access } from '../scope.js';
import { fromColumn, keyOf, toColumn } from './columns.js';
import { type SqlSession, type SqlValue } from './sql-database.js';
import { statement } from './statement.js';
import { type FoldedTask, foldRows } from './task-reader.js';
import { TASK_COLUMNS } from './task-row.js';

/** A condition and its parameters, numbered in the order in which they are added. */
class Conditions {
  readonly values: SqlValue[] = [];
  private readonly names: string[] = [];
  private text = 't.is_announced';

  /** The name of a statement with these conditions. */
  get name(): string {
    return this.names.join('_');
  }

  get where(): string {
    return this.text;
  }

  /** Adds a condition; each `?` in it is the next value. */
  add(name: string, condition: string, ...values: readonly SqlValue[]): void {
    this.names.push(name);
    const rest = [...values];
    this.text += ` and ${condition.replace(/\?/g, () => {
      this.values.push(rest.shift() ?? null);
      return `$${this.values.length}`;
    })}`;
  }
}

/**
 * A page of tasks. Each combination of what is asked for is one range of an
 * index, and counting needs nothing but that index.
 *
 * @throws StoreError `INVALID_PAGE_TOKEN`
 */
export async function listTasks(
  session: SqlSession,
  query: ListQuery,
  access: Access,
): Promise<Page<FoldedTask>> {
  const position = query.pageToken
    ? parsePageToken(query.pageToken, isPosition)
    : undefined;
  const conditions = conditionsOf(query, access);
  const totalSize = await count(session, conditions);
  if (position) {
    const [time, id] = position;
    conditions.add(
      'after',
      '(t.list_rank, t.id) > (?, ?)',
      -time,
      toColumn(id),
    );
  }
  const rows = await page(session, conditions, query);
  const shown = rows.slice(0, query.pageSize);
  const last = rows.length > query.pageSize ? shown.at(-1) : undefined;
  return {
    items: await foldRows(session, shown, query),
    nextPageToken: last
      ? toPageToken([-Number(last.list_rank), fromColumn(last.id)])
      : '',
    totalSize,
  };
}

function conditionsOf(
  { contextId, state, statusSince }: ListQuery,
  access: Access,
): Conditions {
  const conditions = new Conditions();
  if (access === 'system') {
    if (contextId !== undefined) {
      conditions.add('any_context', 't.context_id = ?', toColumn(contextId));
    }
  } else if (contextId === undefined) {
    conditions.add('scope', 't.scope_key = ?', keyOf(access));
  } else {
    conditions.add('context', 't.context_key = ?', keyOf(access, contextId));
  }
  if (state !== undefined) {
    conditions.add('state', 't.state = ?', state);
  }
  if (statusSince !== undefined) {
    conditions.add('since', 't.list_rank <= ?', -statusSince);
  }
  return conditions;
}

async function count(
  session: SqlSession,
  { name, where, values }: Conditions,
): Promise<number> {
  const counting = statement(
    `count_tasks_${name}`,
    `select count(*) as total from @task t where ${where}`,
  );
  const [row] = await session.run(counting, [...values]);
  return Number(row?.total);
}

/** One row more than the page has: whether there is a next one. */
function page(
  session: SqlSession,
  { name, where, values }: Conditions,
  { pageSize, includeArtifacts = true }: ListQuery,
) {
  const next = values.length + 1;
  const listing = statement(
    `list_tasks_${name}`,
    `select ${TASK_COLUMNS}, s.version as folded_version, s.head,
       case when $${next} then s.artifacts end as artifacts
     from @task t left join @snapshot s on s.task = t.num
     where ${where} order by t.list_rank, t.id limit $${next + 1}`,
  );
  return session.run(listing, [...values, includeArtifacts, pageSize + 1]);
}

function isPosition(value: unknown): value is [number, string] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    Number.isSafeInteger(value[0]) &&
    typeof value[1] === 'string'
  );
}
