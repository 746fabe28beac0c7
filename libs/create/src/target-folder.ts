import { lstat, readdir, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { CreateError } from './create-error.js';

/**
 * The folder of the project, as an absolute path.
 *
 * @param cwd the working directory; the folder must be in it, also when all links are followed
 * @param force allows for files in it
 * @throws CreateError `USAGE` for a place outside, or one that is no folder; `OCCUPIED` where it is not empty
 */
export async function targetFolder(
  cwd: string,
  folder: string,
  force: boolean,
): Promise<string> {
  const target = resolve(cwd, folder);
  const shown = JSON.stringify(folder);
  if (folder.includes('\0') || !isWithin(cwd, target)) {
    throw new CreateError('USAGE', `${shown} is not below this folder`);
  }
  const existing = await nearestExisting(target);
  const root = await realpath(cwd);
  const real = await realpath(existing).catch(() => undefined);
  if (real === undefined || !isWithin(root, real)) {
    throw new CreateError('USAGE', `${shown} leads out of this folder`);
  }
  const entries = existing === target ? await entriesOf(target, shown) : [];
  if (entries.length > 0 && !force) {
    throw new CreateError('OCCUPIED', `${shown} is not empty`);
  }
  return target;
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** A link counts as it is: one that leads nowhere must not become a folder elsewhere. */
async function nearestExisting(path: string): Promise<string> {
  const isThere = await lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
      throw error;
    },
  );
  return isThere ? path : nearestExisting(dirname(path));
}

async function entriesOf(path: string, shown: string): Promise<string[]> {
  return readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTDIR') throw error;
    throw new CreateError('USAGE', `${shown} is not a folder`);
  });
}
