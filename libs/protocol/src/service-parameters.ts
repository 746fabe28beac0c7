/** Request header that says which protocol version is meant, `Major.Minor` (A2A §3.6.1). */
export const A2A_VERSION_HEADER = 'A2A-Version';

/** Header with the extensions that the client declares, or the agent has activated, comma-separated (A2A §3.2.6). */
export const A2A_EXTENSIONS_HEADER = 'A2A-Extensions';

/** Media type of the HTTP+JSON binding and of webhooks (A2A §11.1). */
export const A2A_MEDIA_TYPE = 'application/a2a+json';

/** Where the agent card is, on the domain root (A2A §8.2). */
export const AGENT_CARD_PATH = '/.well-known/agent-card.json';

/**
 * Metadata of the Task that begins a stream, `true` where the agent does not know
 * the event after which the reader wanted to go on: what the reader has is to be
 * replaced by this Task. An extension of ours, like resuming itself.
 */
export const RESYNC_METADATA = 'nest-a2a/resync';

/** A protocol version, `Major.Minor`. */
export type ProtocolVersion = '1.0' | '0.3';

/**
 * Reads the value of {@link A2A_VERSION_HEADER}: a patch number does not count
 * (A2A §3.6), no value at all means 0.3 (A2A §3.6.2).
 *
 * @returns Major.Minor, or the trimmed value where it has another form
 */
export function parseProtocolVersion(value: string | undefined): string {
  const text = value?.trim() ?? '';
  if (text === '') {
    return '0.3';
  }
  return /^(\d+\.\d+)(?:\.\d+)?$/.exec(text)?.[1] ?? text;
}

/** Splits a comma-separated header such as {@link A2A_EXTENSIONS_HEADER}; repeated fields arrive as a list. */
export function parseHeaderList(
  value: string | readonly string[] | undefined,
): string[] {
  const items = [value ?? []]
    .flat()
    .flatMap((field) => field.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return [...new Set(items)];
}
