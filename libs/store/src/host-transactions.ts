/**
 * Transactions on a connection of the host, which appends may be part of
 * ({@link CallContext.transaction}).
 */
export interface HostTransactions {
  /**
   * Begins a transaction on a connection of the host, runs work in it, and
   * commits. Resolves when the commit was confirmed. Where work throws, or the
   * commit fails, nothing of it counts, and the error is passed on; where the
   * answer to the commit was lost, nobody knows.
   *
   * @param client what {@link CallContext.transaction} takes, with no transaction open
   * @param options.idleTimeoutMs the server ends a transaction that waits for its next statement for so long
   * @throws TypeError for something that is no such connection
   */
  run(
    client: unknown,
    work: () => Promise<void>,
    options: { readonly idleTimeoutMs: number },
  ): Promise<void>;

  /**
   * Makes a call. If a connection of the host is lost meanwhile, that does not end the process.
   *
   * @param client the same as for {@link run}
   * @throws TypeError for something that is no such connection
   */
  guard<T>(client: unknown, call: () => Promise<T>): Promise<T>;
}
