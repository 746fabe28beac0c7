import {
  type A2AClient,
  type BindingConnector,
  isA2AClientError,
  isA2AError,
} from '@nest-a2a/client';
import { commandHelp, generalHelp } from './arguments/help.js';
import { type CommandName } from './arguments/option-table.js';
import { type Arguments, parseArguments } from './arguments/parse-arguments.js';
import { UsageError } from './arguments/usage-error.js';
import { send } from './commands/send.command.js';
import { cancel, card, task, watch } from './commands/task.commands.js';
import { connect } from './connect.js';
import { EXIT_CODES, exitCodeOfError } from './exit-code.js';
import { grpcBinding, GRPC_HINT } from './grpc-binding.js';
import { type CommandIo } from './io.js';
import { printableBlock } from './output/printable.js';
import { shellWord } from './output/shell-word.js';
import { VERSION } from './version.js';

type Command = (
  client: A2AClient,
  args: Arguments,
  io: CommandIo,
) => Promise<number>;

const COMMANDS: Readonly<Record<CommandName, Command>> = {
  card,
  send,
  task,
  watch,
  cancel,
};

const HELP: readonly string[] = ['--help', '-h', 'help'];

/**
 * Runs a command line.
 *
 * @param argv without the names of node and of the program
 * @returns the exit code, see {@link EXIT_CODES}; never rejects
 */
export async function run(
  argv: readonly string[],
  io: CommandIo,
): Promise<number> {
  const [first] = argv;
  if (first === '--version' || first === '-V') {
    io.print(VERSION);
    return EXIT_CODES.ok;
  }
  if (first === undefined || HELP.includes(first)) {
    io.print(generalHelp());
    return first === undefined ? EXIT_CODES.usage : EXIT_CODES.ok;
  }
  try {
    return await runCommand(parseArguments(argv), io);
  } catch (error) {
    return complain(error, io);
  }
}

async function runCommand(args: Arguments, io: CommandIo): Promise<number> {
  if (args.options.has('help')) {
    io.print(commandHelp(args.command));
    return EXIT_CODES.ok;
  }
  const input = once(() => io.readInput());
  const asked = { ...io, readInput: input };
  try {
    return await call(args, asked);
  } catch (error) {
    if (!isNoInterface(error) || args.options.text('binding')) throw error;
    // Nothing was sent. Its packages take their time to load, so it comes last.
    const grpc = await grpcBinding();
    if (grpc) return call(args, asked, [grpc]);
    io.complain(GRPC_HINT);
    throw error;
  }
}

async function call(
  args: Arguments,
  io: CommandIo,
  bindings: readonly BindingConnector[] = [],
): Promise<number> {
  const client = await connect(args, io, bindings);
  try {
    return await COMMANDS[args.command](client, args, io);
  } finally {
    await client.close();
  }
}

function isNoInterface(error: unknown): boolean {
  return isA2AClientError(error) && error.code === 'no-interface';
}

function once<T>(read: () => T): () => T {
  let known: { value: T } | undefined;
  return () => (known ??= { value: read() }).value;
}

function complain(error: unknown, io: CommandIo): number {
  if (io.signal.aborted) {
    return EXIT_CODES.interrupted;
  }
  const { message } = error as Error;
  if (isA2AError(error)) {
    const fields = error.violations.map(
      ({ field, description }) => `\n${field}: ${description}`,
    );
    io.complain(printableBlock(`${error.code}: ${message}${fields.join('')}`));
  } else if (isA2AClientError(error)) {
    io.complain(printableBlock(`${error.code}: ${message}`) + hintOf(error));
  } else {
    io.complain(printableBlock(message));
  }
  if (error instanceof UsageError) {
    io.complain('"nest-a2a --help" shows the commands');
  }
  return exitCodeOfError(error);
}

function hintOf({
  code,
  messageId,
}: {
  code: string;
  messageId?: string | undefined;
}) {
  return code === 'outcome-unknown' && messageId !== undefined
    ? `\nThe same message once more: --message-id ${shellWord(messageId)}`
    : '';
}
