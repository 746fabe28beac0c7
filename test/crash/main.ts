import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { check } from './checker/check.js';
import { type RuntimeSettings } from './fleet/instance-messages.js';
import { runCalm, runMatrix, runSoak } from './lab/phases.js';
import { type Phase, runLaboratory } from './lab/run-laboratory.js';
import { startServer } from '../../libs/postgres/test/postgres-server.js';
import { toMarkdown } from './report/markdown.js';
import { summarise, type Summary } from './report/summary.js';

const { values } = parseArgs({
  options: {
    tier: { type: 'string', default: '0,1' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    tasks: { type: 'string', default: '0' },
    kills: { type: 'string', default: '0' },
    pauses: { type: 'string', default: '0' },
    only: { type: 'string' },
    report: { type: 'string', default: 'crashlab-report' },
  },
});

const seed = Number(values.seed ?? Date.now() % 1_000_000);
const folder = values.report;
mkdirSync(folder, { recursive: true });
console.log(`seed ${seed}`);

const matrix: Phase = (lab) => runMatrix(lab, { seed, only: values.only });
const soak: Phase = (lab) =>
  runSoak(lab, {
    seed,
    minutes: Number(values.minutes ?? 1),
    tasks: Number(values.tasks),
    kills: Number(values.kills),
    pauses: Number(values.pauses),
    width: 10,
    everyMs: 900,
  });
const tiers: Record<string, { title: string; phases: Phase[] }> = {
  '0': { title: 'Tier 0: every failpoint', phases: [matrix, runCalm] },
  '1': { title: 'Tier 1: a random mix under faults', phases: [soak, runCalm] },
};

const server = await startServer({ isDurable: true });
const summaries: Summary[] = [];
try {
  for (const tier of values.tier.split(',')) {
    const chosen = tiers[tier];
    if (!chosen) throw new TypeError(`There is no tier ${tier}`);
    const runtime: RuntimeSettings = {
      kind: 'postgres',
      url: server.url,
      schema: `lab_${tier}`,
      wake: 'notify',
    };
    const result = await runLaboratory({
      ...chosen,
      seed,
      runtime,
      instances: 3,
      folder: join(folder, `tier-${tier}`),
      check,
    });
    const summary = summarise(result);
    summaries.push(summary);
    console.log(JSON.stringify(summary, null, 2));
  }
} finally {
  await server.stop();
}

const report = toMarkdown(
  {
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'])
      .toString()
      .trim(),
    node: process.version,
    postgres: 'PostgreSQL',
    date: new Date().toISOString().slice(0, 10),
    command: `npm run crashlab -- --tier ${values.tier} --seed ${seed}`,
  },
  summaries,
);
writeFileSync(join(folder, 'report.md'), report);
writeFileSync(join(folder, 'report.json'), JSON.stringify(summaries, null, 2));
const isClean = summaries.every(
  ({ violations, problems }) => violations.length + problems.length === 0,
);
console.log(isClean ? 'Crash laboratory: 0 violations' : 'Crash laboratory: FAILED');
process.exitCode = isClean ? 0 : 1;
