import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './checker/check.js';
import { type CrashlabArguments, parseArguments } from './arguments.js';
import { runLaboratory } from './lab/run-laboratory.js';
import { type MutantResult, runMutants } from './lab/run-mutants.js';
import { type LabStore, openStore } from './lab/stores.js';
import { tierOf } from './lab/tiers.js';
import { toMarkdown } from './report/markdown.js';
import { summarise, type Summary } from './report/summary.js';

/** A task that takes so long under faults is stuck. */
const TASK_TIMEOUT_MS = 180_000;
const TIME_TO_SETTLE_MS = 60_000;

const chosen = parseArguments(process.argv.slice(2));
mkdirSync(chosen.report, { recursive: true });
console.log(`Crash laboratory on ${chosen.runtime}, seed ${chosen.seed}`);

const store = await openStore(chosen.runtime);
try {
  const mutants = chosen.mutants
    ? await runMutants(store, { ...chosen, folder: chosen.report })
    : [];
  const summaries = chosen.mutants ? [] : await runTiers(store, chosen);
  writeReport(chosen, { summaries, mutants });
  process.exitCode = isGood(summaries, mutants) ? 0 : 1;
} finally {
  await store.close();
}

async function runTiers(
  { database, instances, next }: LabStore,
  options: CrashlabArguments,
): Promise<Summary[]> {
  const summaries: Summary[] = [];
  for (const name of options.tiers) {
    const result = await runLaboratory({
      ...tierOf(name, { ...options, database, instances }),
      seed: options.seed,
      runtime: next(),
      instances,
      folder: join(options.report, `tier-${name}`),
      taskTimeoutMs: TASK_TIMEOUT_MS,
      settleMs: TIME_TO_SETTLE_MS,
      check,
    });
    const summary = summarise(result);
    summaries.push(summary);
    console.log(JSON.stringify(summary, null, 2));
  }
  return summaries;
}

function writeReport(
  { report, command }: CrashlabArguments,
  results: { summaries: Summary[]; mutants: MutantResult[] },
): void {
  const environment = {
    commit: commitId(),
    node: process.version,
    store: store.description,
    date: new Date().toISOString().slice(0, 10),
    command,
  };
  const file = (name: string) => join(report, name);
  writeFileSync(file('report.md'), toMarkdown(environment, results));
  const json = JSON.stringify({ environment, ...results }, null, 2);
  writeFileSync(file('report.json'), json);
  console.log(`Report: ${file('report.md')}`);
}

function isGood(summaries: Summary[], mutants: MutantResult[]): boolean {
  const bad = summaries.filter(
    ({ violations, problems }) => violations.length + problems.length > 0,
  );
  const survivors = mutants.filter(({ signs }) => signs.length === 0);
  console.log(
    mutants.length > 0
      ? `${mutants.length - survivors.length} of ${mutants.length} mutants found`
      : `${summaries.length - bad.length} of ${summaries.length} runs without a violation`,
  );
  return bad.length + survivors.length === 0;
}

function commitId(): string {
  try {
    const args = ['rev-parse', '--short', 'HEAD'];
    return execFileSync('git', args, { stdio: 'pipe' }).toString().trim();
  } catch {
    return 'unknown';
  }
}
