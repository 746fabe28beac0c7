// Runs a program and keeps what it says for the case that it fails.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const LINES_SHOWN = 25;

/**
 * Runs a program to its end.
 *
 * @returns what it printed
 * @throws Error with the last lines that it printed, and all of it as `output`
 */
export async function runProgram(file, args, { timeoutMs, ...options }) {
  try {
    const { stdout } = await promisify(execFile)(file, args, {
      ...options,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1_024 * 1_024,
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '', killed } = error;
    const end = killed
      ? `did not end within ${timeoutMs / 1_000} s`
      : `ended with ${error.code}`;
    const output = `${stdout}\n${stderr}`.trim();
    const shown = output.split('\n').slice(-LINES_SHOWN).join('\n');
    const message = `${[file, ...args].join(' ')} ${end}\n${shown}`;
    throw Object.assign(new Error(message), { output });
  }
}

/** npm, without what it asks and tells people. */
export function runNpm(args, options) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  return runProgram('npm', [...quiet, ...args], {
    timeoutMs: 300_000,
    shell: process.platform === 'win32',
    ...options,
  });
}
