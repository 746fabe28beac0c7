import type * as Ioredis from 'ioredis';
import { RedisSetupError } from './redis.errors.js';

/** What is needed to reach Redis by its URL. */
export type IoredisPackage = Pick<typeof Ioredis, 'Redis'>;

const MISSING = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];

/** @throws RedisSetupError `PACKAGE_MISSING` */
export async function loadIoredis(
  load: () => Promise<IoredisPackage> = () => import('ioredis'),
): Promise<IoredisPackage> {
  try {
    return await load();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!MISSING.includes(code)) throw error;
    throw new RedisSetupError(
      'PACKAGE_MISSING',
      'redis() with "url" needs: npm install ioredis',
      error,
    );
  }
}
