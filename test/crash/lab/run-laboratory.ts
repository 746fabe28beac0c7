import { type History, type Violation } from '../history/history.js';
import { saveHistory } from '../history/files.js';
import { Laboratory, type LaboratoryOptions } from './laboratory.js';
import { type Problems } from './phases.js';
import { LAB_TIMING } from './settings.js';
import { settle } from './settle.js';

/** What a run has found. */
export interface RunResult {
  readonly title: string;
  readonly seed: number;
  readonly history: History;
  readonly violations: readonly Violation[];
  readonly problems: Problems;
  readonly durationMs: number;
}

/** What is done in a run, one after the other, in the same processes. */
export type Phase = (lab: Laboratory) => Promise<Problems>;

export interface RunOptions extends LaboratoryOptions {
  readonly title: string;
  readonly seed: number;
  readonly phases: readonly Phase[];
  /** Looks for what must not have happened. */
  readonly check: (history: History) => readonly Violation[];
}

/** Opens a laboratory, does the phases, waits until all is quiet, and checks the history. */
export async function runLaboratory(options: RunOptions): Promise<RunResult> {
  const startedAt = Date.now();
  const { title, seed, runtime, phases, check } = options;
  const lab = await Laboratory.open(options);
  const problems: Problems = [];
  try {
    for (const phase of phases) {
      problems.push(...(await phase(lab)));
    }
    const dump = await settle(lab);
    const history: History = {
      settings: { ...LAB_TIMING, seed, runtime: runtime.kind },
      entries: lab.recorder.entries,
      expectations: lab.expectations,
      dump,
    };
    saveHistory(options.folder, history);
    problems.push(...lab.fleet.crashes);
    const violations = check(history);
    const durationMs = Date.now() - startedAt;
    return { title, seed, history, violations, problems, durationMs };
  } finally {
    await lab.close();
  }
}
