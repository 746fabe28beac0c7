import { createHash } from 'node:crypto';

/** The validator of a text: changes with it. */
export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url')}"`;
}

/** Whether the caller has this version already: the weak comparison of `If-None-Match` (RFC 9110 §13.1.2). */
export function isKnown(
  ifNoneMatch: string | string[] | undefined,
  etag: string,
): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  const tags = [ifNoneMatch ?? []].flat().flatMap((field) => field.split(','));
  return tags.map(opaque).some((tag) => tag === opaque(etag) || tag === '*');
}
