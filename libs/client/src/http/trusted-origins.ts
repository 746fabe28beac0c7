/** The names of this machine for itself. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The origins that a caller trusts who names this URL: its own. An agent on
 * this machine knows itself as `localhost` and may be called `127.0.0.1`, so
 * there the names of the machine are one.
 */
export function trustedOriginsOf(url: string): string[] {
  const { origin, protocol, hostname, port } = new URL(url);
  if (!LOOPBACK.includes(hostname)) {
    return [origin];
  }
  const suffix = port === '' ? '' : `:${port}`;
  return LOOPBACK.map((name) => `${protocol}//${name}${suffix}`);
}
