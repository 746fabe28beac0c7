import { basename, relative } from 'node:path';
import { type Choices } from './choices.js';
import { CreateError } from './create-error.js';
import { EXIT_CODES } from './exit-code.js';
import { HELP } from './help.js';
import { installPackages } from './install-packages.js';
import { type Io } from './io.js';
import { dependencyNames } from './package-json.js';
import { assertPackageName } from './package-name.js';
import { type Arguments, parseArguments } from './parse-arguments.js';
import { projectFiles, type Source } from './project-files.js';
import { targetFolder } from './target-folder.js';
import { writeProject } from './write-project.js';

const SUGGESTED_FOLDER = 'my-agent';

/**
 * Runs a command line.
 *
 * @param argv without the names of node and of the program
 * @returns the exit code, see {@link EXIT_CODES}; never rejects
 */
export async function run(
  argv: readonly string[],
  source: Source,
  io: Io,
): Promise<number> {
  try {
    const args = parseArguments(argv, io.env['npm_config_user_agent']);
    if (args.help || args.version) {
      io.print(args.help ? HELP : source.version);
      return EXIT_CODES.ok;
    }
    return await create(args, source, io);
  } catch (error) {
    return complain(error, io);
  }
}

async function create(
  args: Arguments,
  source: Source,
  io: Io,
): Promise<number> {
  const named = args.folder ?? (await askForFolder(io));
  const folder = await targetFolder(io.cwd, named, args.force);
  const choices: Choices = { ...args, name: basename(folder) };
  assertPackageName(choices.name, dependencyNames());
  await writeProject(folder, await projectFiles(choices, source), args.force);
  const place = relative(io.cwd, folder) || '.';
  io.print(`${choices.name} is in ${place}`);
  if (!args.skipInstall) {
    io.print(`Installing its packages with ${args.packageManager}...`);
    if (!(await installPackages(args.packageManager, folder, io))) {
      io.complain(
        `The packages were not installed: run "${args.packageManager} install" in ${place}`,
      );
      return EXIT_CODES.notInstalled;
    }
  }
  io.print(nextSteps(args, place));
  return EXIT_CODES.ok;
}

async function askForFolder(io: Io): Promise<string> {
  if (!io.isInteractive) {
    throw new CreateError('USAGE', 'Name the folder of the project');
  }
  const question = `Folder of the project (${SUGGESTED_FOLDER}): `;
  return (await io.ask(question)).trim() || SUGGESTED_FOLDER;
}

function nextSteps(
  { packageManager, skipInstall }: Arguments,
  place: string,
): string {
  const steps = [
    ...(place === '.' ? [] : [`cd ${place}`]),
    ...(skipInstall ? [`${packageManager} install`] : []),
    `${packageManager} run start:dev`,
  ];
  return ['', 'Next:', ...steps.map((step) => `  ${step}`)].join('\n');
}

function complain(error: unknown, io: Io): number {
  const { name, message } = error as Error;
  if (name === 'AbortError') {
    return EXIT_CODES.interrupted;
  }
  const [line = ''] = message.split('\n');
  io.complain(`create-nest-a2a: ${line}`);
  if (!(error instanceof CreateError)) {
    return EXIT_CODES.failed;
  }
  if (error.code === 'USAGE') {
    io.complain('"create-nest-a2a --help" shows the options');
  }
  return error.exitCode;
}
