/**
 * Runs work in a transaction of the application's own data layer: begins it,
 * calls the work, and commits; rolls back and rejects where the work rejects. It
 * may call the work again after it has rolled back.
 *
 * The work takes the connection of the transaction as the driver of the runtime
 * has it (for PostgreSQL a client of the `pg` package), and what the worker uses
 * within the transaction, such as the entity manager.
 */
export type TransactionRunner<Tx> = (
  work: (connection: unknown, transaction: Tx) => Promise<void>,
) => Promise<unknown>;
