import {
  type CommandName,
  COMMANDS,
  type CommandFacts,
} from './option-table.js';

/** What is shown without a command. */
export function generalHelp(): string {
  const lines = Object.entries(COMMANDS).map(
    ([name, { positionals, help }]) =>
      `  ${name} ${positionals.map((one) => `<${one}>`).join(' ')}\n      ${help}`,
  );
  return [
    'Usage: nest-a2a <command> ...',
    '',
    ...lines,
    '',
    '"nest-a2a <command> --help" shows the options of a command.',
    'From the environment: A2A_TOKEN, a bearer token for the agent; A2A_HEADERS, further headers,',
    'each on a line; A2A_PUSH_TOKEN, what --push-token says.',
    '',
    'Exit codes: 0 done, 2 wrong usage, 3 agent not reached, 4 call refused, 5 task failed,',
    '6 task waits for input, 7 outcome unknown, 130 interrupted.',
  ].join('\n');
}

/** What is shown for a command. */
export function commandHelp(command: CommandName): string {
  const { positionals, help, options }: CommandFacts = COMMANDS[command];
  const wanted = positionals.map((one) => `<${one}>`).join(' ');
  const left = Object.entries(options).map(([name, { value }]) =>
    value === undefined ? `  --${name}` : `  --${name} ${value}`,
  );
  const width = Math.max(...left.map(({ length }) => length)) + 2;
  const lines = Object.values(options).map(
    (option, index) => (left[index] ?? '').padEnd(width) + option.help,
  );
  return [
    `Usage: nest-a2a ${command} ${wanted} [options]`,
    '',
    help,
    '',
    ...lines,
  ].join('\n');
}
