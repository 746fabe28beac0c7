import { type A2AError } from '@nest-a2a/protocol';

/** How a refused caller is told to authenticate; who lacks a scope may be told as well (RFC 6750 §3). */
export function challengeOf({ code, challenge }: A2AError): string | undefined {
  if (code === 'UNAUTHENTICATED') {
    return challenge ?? 'Bearer';
  }
  return code === 'FORBIDDEN' ? challenge : undefined;
}
