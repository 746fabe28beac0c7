import { builtinModules } from 'node:module';
import { CreateError } from './create-error.js';

const MAX_LENGTH = 214;
const ALLOWED = /^[a-z0-9][a-z0-9._-]*$/;
const RESERVED = ['node_modules', 'favicon.ico', ...builtinModules];

/**
 * @param dependencies of the project: none can have its name
 * @throws CreateError `USAGE` where npm would refuse a new package of this name
 */
export function assertPackageName(
  name: string,
  dependencies: readonly string[],
): void {
  const shown = JSON.stringify(name);
  if (!ALLOWED.test(name) || name.length > MAX_LENGTH) {
    throw new CreateError(
      'USAGE',
      `${shown} cannot be the name of a package: lower-case letters, digits, ".", "_" and "-", at most ${MAX_LENGTH}`,
    );
  }
  if (RESERVED.includes(name) || dependencies.includes(name)) {
    throw new CreateError(
      'USAGE',
      `${shown} is the name of something else; choose another`,
    );
  }
}
