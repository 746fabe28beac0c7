const RFC3339_UTC =
  /^(?!0000)\d{4}-\d{2}-(\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/**
 * A time in the form `YYYY-MM-DDTHH:mm:ss.sssZ` (A2A §5.6.1).
 *
 * @param epochMs milliseconds since 1970, within the years 1 to 9999
 */
export function toTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/**
 * Reads a timestamp of a request: RFC 3339, UTC by `Z` alone, up to nine
 * fractional digits (A2A §5.6.1), years 1 to 9999.
 *
 * @returns milliseconds since 1970 (finer fractions are cut), `undefined` where the text is no such timestamp
 */
export function parseTimestamp(text: string): number | undefined {
  const match = RFC3339_UTC.exec(text);
  if (!match) {
    return undefined;
  }
  const epochMs = Date.parse(text);
  // `Date` takes the 30th of February for a day in March, and 24:00 for the next day.
  const isReal = new Date(epochMs).getUTCDate() === Number(match[1]);
  return isReal ? epochMs : undefined;
}
