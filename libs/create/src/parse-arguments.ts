import { parseArgs } from 'node:util';
import {
  PACKAGE_MANAGERS,
  type PackageManager,
  type PlatformChoice,
  PLATFORMS,
  type RuntimeChoice,
  RUNTIMES,
} from './choices.js';
import { CreateError } from './create-error.js';

/** What a command line asks for. */
export interface Arguments {
  /** The folder of the project; `undefined` where none is named. */
  readonly folder: string | undefined;
  readonly runtime: RuntimeChoice;
  readonly platform: PlatformChoice;
  readonly packageManager: PackageManager;
  readonly skipInstall: boolean;
  readonly force: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

const OPTIONS = {
  runtime: { type: 'string', default: 'memory' },
  platform: { type: 'string', default: 'express' },
  'package-manager': { type: 'string' },
  'skip-install': { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', short: 'V', default: false },
} as const;

/**
 * Reads a command line.
 *
 * @param argv without the names of node and of the program
 * @param userAgent of the package manager that runs this: the one of the project, unless another is asked for
 * @throws CreateError `USAGE`
 */
export function parseArguments(
  argv: readonly string[],
  userAgent = '',
): Arguments {
  const { values, positionals } = parsed(argv);
  if (positionals.length > 1) {
    throw new CreateError('USAGE', 'One folder, not several');
  }
  return {
    folder: positionals[0],
    runtime: oneOf(RUNTIMES, values.runtime, '--runtime'),
    platform: oneOf(PLATFORMS, values.platform, '--platform'),
    packageManager: oneOf(
      PACKAGE_MANAGERS,
      values['package-manager'] ?? runningManager(userAgent),
      '--package-manager',
    ),
    skipInstall: values['skip-install'],
    force: values.force,
    help: values.help,
    version: values.version,
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: OPTIONS,
      allowPositionals: true,
    });
  } catch (error) {
    const [firstSentence = ''] = (error as Error).message.split(/\. |\n/);
    throw new CreateError('USAGE', firstSentence);
  }
}

function oneOf<T extends string>(
  known: readonly T[],
  value: string,
  option: string,
): T {
  const found = known.find((one) => one === value);
  if (found === undefined) {
    throw new CreateError('USAGE', `${option} must be ${known.join(', ')}`);
  }
  return found;
}

function runningManager(userAgent: string): PackageManager {
  const [name] = userAgent.split('/');
  return PACKAGE_MANAGERS.find((one) => one === name) ?? 'npm';
}
