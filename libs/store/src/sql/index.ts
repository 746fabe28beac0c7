export { endsTask } from '../log/draft-event.js';
export { statusOf } from './advance-task.js';
export { keyOf, toColumn } from './columns.js';
export { turnJsonOf } from './event-row.js';
export { PushRound } from './push-round.js';
export { maskOf, SELECTIONS } from './selections.js';
export { type DuePush, MAX_LANES, type PushLane } from './share-origins.js';
export {
  type SqlDatabase,
  type SqlRow,
  type SqlSession,
  type SqlStatement,
  type SqlValue,
  TransactionRetry,
  type WriteOptions,
} from './sql-database.js';
export {
  type PlainAppend,
  type PushLaneSearch,
  type SqlDialect,
} from './sql-dialect.js';
export { SqlTaskStore } from './sql-task-store.js';
export { TASK_COLUMNS } from './task-row.js';
export { type TurnQuota } from './turn-queue.js';
export {
  renderStatement,
  SQL_TABLES,
  type SqlVocabulary,
  statement,
} from './statement.js';
export { type Outcome } from './write-outcome.js';
