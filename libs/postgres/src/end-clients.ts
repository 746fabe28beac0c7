import type pg from 'pg';

/** How long a server may take to say goodbye, milliseconds. */
const PATIENCE_MS = 2_000;

/** As much of the inside of a connection as we need. */
interface WithStream {
  readonly connection?: { readonly stream?: { destroy(): void } };
}

/**
 * Ends connections in the ordinary way, and where that has no answer by force.
 * Never throws.
 *
 * @param end the ordinary way
 * @param clients those that are open, asked for when the patience is at its end
 */
export async function endClients(
  end: () => Promise<void>,
  clients: () => Iterable<pg.ClientBase>,
): Promise<void> {
  const timer = setTimeout(() => {
    for (const client of clients()) {
      (client as WithStream).connection?.stream?.destroy();
    }
  }, PATIENCE_MS);
  try {
    await end();
  } catch {
    // There is nothing left to end.
  } finally {
    clearTimeout(timer);
  }
}
