import { isStoreError } from '@nest-a2a/store';

/** So many writers in a row may be faster. Each conflict means that another write succeeded. */
const MAX_ATTEMPTS = 50;

/**
 * Reads, decides and writes again when somebody else wrote in between. The
 * callback must read anew each time.
 */
export async function retryOnConflict<T>(
  readAndWrite: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readAndWrite();
    } catch (error) {
      const isConflict = isStoreError(error, 'VERSION_CONFLICT');
      if (!isConflict || attempt >= MAX_ATTEMPTS) {
        throw error;
      }
    }
  }
}
