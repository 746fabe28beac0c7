import { parseArgs } from 'node:util';
import {
  type CommandFacts,
  type CommandName,
  COMMANDS,
  isCommandName,
} from './option-table.js';
import { UsageError } from './usage-error.js';

/** A command line that was understood. */
export interface Arguments {
  readonly command: CommandName;
  /** By the names in the option table. */
  readonly positionals: Readonly<Record<string, string>>;
  readonly options: OptionValues;
}

/** The values of options that were given. */
export class OptionValues {
  constructor(
    private readonly values: Readonly<
      Record<string, string | boolean | (string | boolean)[] | undefined>
    >,
  ) {}

  has(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  all(name: string): string[] {
    const value = this.values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** @throws UsageError for what is no whole number from 0 on */
  wholeNumber(name: string): number | undefined {
    const value = this.number(name, 0);
    if (value !== undefined && !Number.isSafeInteger(value)) {
      throw new UsageError(`--${name} must be a whole number`);
    }
    return value;
  }

  /** @throws UsageError for what is no number from the least on */
  number(name: string, least: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) {
      return undefined;
    }
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < least) {
      throw new UsageError(`--${name} must be a number, at least ${least}`);
    }
    return value;
  }
}

/** Reads a command line. @throws UsageError */
export function parseArguments([
  word = '',
  ...rest
]: readonly string[]): Arguments {
  if (!isCommandName(word)) {
    const known = Object.keys(COMMANDS).join(', ');
    throw new UsageError(`"${word}" is no command; they are ${known}`);
  }
  const facts: CommandFacts = COMMANDS[word];
  const { values, positionals } = parse(facts, rest);
  const options = new OptionValues(values);
  if (options.has('help')) {
    return { command: word, positionals: {}, options };
  }
  return { command: word, positionals: named(facts, positionals), options };
}

function parse({ options }: CommandFacts, args: string[]) {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { type, multiple = false, short }]) => [
      name,
      { type, multiple, ...(short && { short }) },
    ]),
  );
  try {
    return parseArgs({ args, options: config, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function named(
  { positionals: names }: CommandFacts,
  given: readonly string[],
): Record<string, string> {
  // A message may be all data and files.
  const least = names.includes('text') ? names.length - 1 : names.length;
  if (given.length < least || given.length > names.length) {
    const wanted = names.map((name) => `<${name}>`).join(' ');
    throw new UsageError(`Wanted ${wanted}, got ${given.length} of them`);
  }
  return Object.fromEntries(
    given.map((value, index) => [names[index] ?? '', value]),
  );
}
