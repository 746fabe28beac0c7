import { spawn } from 'node:child_process';
import { type PackageManager } from './choices.js';
import { type Io } from './io.js';

/**
 * Installs the packages of a project.
 *
 * @returns whether that worked; the package manager says why not
 */
export async function installPackages(
  packageManager: PackageManager,
  folder: string,
  { env }: Io,
): Promise<boolean> {
  const child = spawn(packageManager, ['install'], {
    cwd: folder,
    env: { ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
    // On Windows, package managers are scripts that need a shell; nothing of the user is in the command.
    shell: process.platform === 'win32',
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
