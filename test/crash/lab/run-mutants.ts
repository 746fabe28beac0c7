import { join } from 'node:path';
import { check } from '../checker/check.js';
import { type Mutant } from '../mutants/mutant.js';
import { MUTANTS } from '../mutants/mutants.js';
import { runMatrix, runSoak } from './phases.js';
import { type Phase, runLaboratory } from './run-laboratory.js';
import { type LabStore } from './stores.js';

/** What became of one mutant. */
export interface MutantResult {
  readonly name: string;
  readonly text: string;
  /** The first few signs by which it was found; empty for one that was not. */
  readonly signs: readonly string[];
  readonly seconds: number;
}

/** A healthy task takes seconds. */
const TASK_TIMEOUT_MS = 45_000;
const TIME_TO_SETTLE_MS = 20_000;
const SIGNS = 3;

/** Runs the laboratory on programs that are wrong, one after the other. */
export async function runMutants(
  store: LabStore,
  {
    seed,
    folder,
    only = '',
  }: { seed: number; folder: string; only?: string | undefined },
): Promise<MutantResult[]> {
  const results: MutantResult[] = [];
  for (const mutant of MUTANTS.filter(({ name }) => name.includes(only))) {
    const { name, text } = mutant;
    const { violations, problems, durationMs } = await runLaboratory({
      title: name,
      seed,
      runtime: store.next(),
      instances: store.instances,
      folder: join(folder, `mutant-${name}`),
      taskTimeoutMs: TASK_TIMEOUT_MS,
      settleMs: TIME_TO_SETTLE_MS,
      mutant: name,
      phases: [huntFor(mutant, seed)],
      check,
    });
    const found = violations.map((one) => `${one.invariant}: ${one.text}`);
    const signs = [...found, ...problems].slice(0, SIGNS);
    const seconds = Math.round(durationMs / 1_000);
    results.push({ name, text, signs, seconds });
    console.log(
      `${signs.length > 0 ? 'found' : 'NOT FOUND'}: ${name}, ${seconds} s. ${signs[0] ?? ''}`,
    );
  }
  return results;
}

function huntFor({ cells }: Mutant, seed: number): Phase {
  return cells === undefined
    ? (lab) =>
        runSoak(lab, {
          seed,
          minutes: 1 / 3,
          tasks: 40,
          kills: 0,
          pauses: 0,
          width: 10,
          everyMs: 1_500,
          injuries: ['kill'],
        })
    : (lab) => runMatrix(lab, { seed, only: cells });
}
