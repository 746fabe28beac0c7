import type * as Jose from 'jose';
import { AuthenticationSetupError } from './authentication.errors.js';

/** What only applications need that take tokens. */
export type JosePackage = typeof Jose;

/**
 * Loads `jose`, which is published as ES modules only.
 *
 * @throws AuthenticationSetupError `PACKAGE_MISSING`
 */
export async function loadJose(
  load: () => Promise<JosePackage> = () => import('jose'),
): Promise<JosePackage> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
      throw new AuthenticationSetupError(
        'PACKAGE_MISSING',
        'jwtBearer() needs: npm install jose',
        error,
      );
    }
    throw error;
  }
}
