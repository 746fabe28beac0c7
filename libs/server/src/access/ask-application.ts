import { internalError, isA2AError } from '@nest-a2a/protocol';
import { isStoreError } from '@nest-a2a/store';

/**
 * What a function of the application answers. What it throws is for the caller
 * where it is an A2AError or an exception of Nest; any other error is our side's
 * failure, whatever its status: that is the answer of some server to us.
 *
 * @throws A2AError, or an exception of Nest
 */
export async function askApplication<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw isForCaller(error) ? error : internalError(error);
  }
}

function isForCaller(error: unknown): boolean {
  const isException = error instanceof Error && 'getStatus' in error;
  return isException || isA2AError(error) || isStoreError(error, 'UNAVAILABLE');
}
