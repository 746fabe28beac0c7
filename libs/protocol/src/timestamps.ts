const RFC3339_UTC =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?Z$/;

/** `YYYY-MM-DDTHH:mm:ss.sssZ` (A2A §5.6.1). */
export function toTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/**
 * Reads a timestamp of a request: RFC 3339, UTC by `Z` alone, up to nine
 * fractional digits (A2A §5.6.1).
 *
 * @returns milliseconds since 1970 (finer fractions are cut), `undefined` where the text is no such timestamp
 */
export function parseTimestamp(text: string): number | undefined {
  const match = RFC3339_UTC.exec(text);
  if (!match) {
    return undefined;
  }
  const epochMs = Date.parse(text);
  // `Date` turns the 30th of February into the 1st of March.
  const isReal = new Date(epochMs).getUTCDate() === Number(match[3]);
  return Number.isNaN(epochMs) || !isReal ? undefined : epochMs;
}
