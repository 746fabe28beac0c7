import Database from 'libsql';
import { type RuntimeSettings } from '../fleet/instance-messages.js';
import { type DumpedTask } from '../history/history.js';
import { askPostgres } from './ask-postgres.js';

/** What the table of tasks says. */
export type TaskRow = Omit<DumpedTask, 'task' | 'events' | 'configs'>;

const COLUMNS =
  'id, tenant, context_id, version, state, owner, due_at, finished_at, epoch';

/** The rows of all tasks. */
export async function readTaskRows(
  runtime: RuntimeSettings,
): Promise<readonly TaskRow[]> {
  const rows =
    runtime.kind === 'postgres'
      ? await askPostgres<Row>(
          runtime.url,
          `select ${COLUMNS} from "${runtime.schema}".task order by num`,
        )
      : querySqlite(runtime.file, `select ${COLUMNS} from task order by num`);
  return rows.map(toTaskRow);
}

type Row = Readonly<Record<string, string | number | null>>;

function querySqlite(file: string, text: string): Row[] {
  const database = new Database(file);
  try {
    return database.prepare(text).all() as Row[];
  } finally {
    database.close();
  }
}

function toTaskRow(row: Row): TaskRow {
  const number = (value: string | number | null | undefined) =>
    value === null || value === undefined ? null : Number(value);
  return {
    taskId: String(row.id),
    tenant: String(row.tenant),
    contextId: String(row.context_id),
    version: Number(row.version),
    state: String(row.state),
    owner: row.owner === null ? null : String(row.owner),
    dueAt: number(row.due_at),
    finishedAt: number(row.finished_at),
    epoch: Number(row.epoch),
  };
}
