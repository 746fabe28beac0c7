export {
  type PgClient,
  type PgPool,
  type PgQuery,
  type PgResult,
  type PooledPgClient,
} from './pg-driver.js';
export { postgres } from './postgres.js';
export {
  PostgresSetupError,
  type PostgresSetupErrorCode,
} from './postgres-errors.js';
export { type PostgresOptions } from './postgres-options.js';
