import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CreateError } from './create-error.js';
import { type ProjectFiles } from './project-files.js';

/**
 * Writes a project into its folder, which is made.
 *
 * @param force replaces files that are there; otherwise one of them is an error
 * @throws CreateError `OCCUPIED` where a folder in it is a link: what lies behind is not the project's
 */
export async function writeProject(
  folder: string,
  files: ProjectFiles,
  force: boolean,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const root = await realpath(folder);
  for (const [path, text] of files) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    if ((await realpath(dirname(file))) !== dirname(file)) {
      throw new CreateError('OCCUPIED', `${dirname(path)} is a link`);
    }
    // Removed, not written to: it may be a link as well.
    if (force) await rm(file, { force: true });
    // What is a secret is so from the start.
    const mode = path === '.env' ? 0o600 : 0o666;
    await writeFile(file, text, { flag: 'wx', mode });
  }
}
