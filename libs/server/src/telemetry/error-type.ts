import { isA2AError } from '@nest-a2a/protocol';
import { isStoreError } from '@nest-a2a/store';

/** Few and stable, as `error.type` has to be. Never the message, which may hold what it is about. */
export function errorTypeOf(error: unknown): string {
  if (isA2AError(error) || isStoreError(error)) {
    return error.code;
  }
  return error instanceof Error ? error.name : 'unknown';
}
