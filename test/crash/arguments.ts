import { parseArgs } from 'node:util';
import { STORES, type StoreKind } from './lab/stores.js';

/** What the laboratory was asked to do. */
export interface CrashlabArguments {
  readonly tiers: readonly string[];
  readonly mutants: boolean;
  readonly runtime: StoreKind;
  readonly seed: number;
  readonly minutes?: number;
  readonly tasks: number;
  readonly kills: number;
  readonly pauses: number;
  /** Part of the names of the cells, or mutants, that are wanted. */
  readonly only?: string;
  /** The folder of the report. */
  readonly report: string;
  /** What to type to do the same again. */
  readonly command: string;
}

const MAX_SEED = 1_000_000;

/**
 * Reads the command line.
 *
 * @throws TypeError
 */
export function parseArguments(args: readonly string[]): CrashlabArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tier: { type: 'string', default: '0,1' },
      mutants: { type: 'boolean', default: false },
      runtime: { type: 'string', default: 'postgres' },
      seed: { type: 'string' },
      minutes: { type: 'string' },
      tasks: { type: 'string', default: '0' },
      kills: { type: 'string', default: '0' },
      pauses: { type: 'string', default: '0' },
      only: { type: 'string' },
      report: { type: 'string', default: 'crashlab-report' },
    },
  });
  const runtime = STORES.find((known) => known === values.runtime);
  if (!runtime) {
    throw new TypeError(`--runtime is one of ${STORES.join(', ')}`);
  }
  const seed = numberOf('seed', values.seed ?? String(Date.now() % MAX_SEED));
  const { minutes, only } = values;
  return {
    tiers: values.tier.split(','),
    mutants: values.mutants,
    runtime,
    seed,
    tasks: numberOf('tasks', values.tasks),
    kills: numberOf('kills', values.kills),
    pauses: numberOf('pauses', values.pauses),
    report: values.report,
    command: commandOf({ ...values, seed: String(seed) }),
    ...(minutes !== undefined && { minutes: numberOf('minutes', minutes) }),
    ...(only !== undefined && { only }),
  };
}

function commandOf(values: Readonly<Record<string, unknown>>): string {
  const args = Object.entries(values)
    .filter(([, value]) => value !== false && value !== undefined)
    .map(([name, value]) =>
      value === true ? `--${name}` : `--${name}=${value as string}`,
    );
  return ['npm run crashlab --', ...args].join(' ');
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0)) {
    throw new TypeError(`--${name} is a number from 0 on`);
  }
  return number;
}
