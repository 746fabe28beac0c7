import { type MutantResult } from '../lab/run-mutants.js';
import { type Summary } from './summary.js';

/** What was run where. */
export interface Environment {
  readonly commit: string;
  readonly node: string;
  readonly store: string;
  /** Such as 2026-11-22. */
  readonly date: string;
  readonly command: string;
}

/** The report for people. */
export function toMarkdown(
  { commit, node, store, date, command }: Environment,
  {
    summaries,
    mutants,
  }: {
    readonly summaries: readonly Summary[];
    readonly mutants: readonly MutantResult[];
  },
): string {
  return [
    '# Crash laboratory',
    '',
    `\`${command}\`, ${date}, commit ${commit}, Node.js ${node}, ${store}.`,
    '',
    ...summaries.flatMap(section),
    ...mutantTable(mutants),
  ].join('\n');
}

function section(summary: Summary): string[] {
  const { title, seed, faults, violations, problems } = summary;
  const broken = Object.entries(faults)
    .map(([action, times]) => `${times} × ${action}`)
    .join(', ');
  return [
    `## ${title}`,
    '',
    `Seed ${seed}, ${summary.seconds} s. Faults: ${broken || 'none'}.`,
    '',
    '| tasks | events | calls | streams | frames | webhooks | of these again | turns begun again | rows | visits | violations |',
    '| ----- | ------ | ----- | ------- | ------ | -------- | -------------- | ----------------- | ---- | ------ | ---------- |',
    `| ${summary.tasks} | ${summary.events} | ${summary.operations} | ${summary.streams} | ${summary.frames} | ${summary.webhooks} | ${summary.repeatedWebhooks} | ${summary.repeatedRuns} | ${summary.bookings} | ${summary.visits} | **${violations.length}** |`,
    '',
    ...list('Violations', violations),
    ...list('Not finished', problems),
  ];
}

function mutantTable(mutants: readonly MutantResult[]): string[] {
  if (mutants.length === 0) {
    return [];
  }
  return [
    '## Mutants',
    '',
    '| mutant | what is wrong | found by |',
    '| ------ | ------------- | -------- |',
    ...mutants.map(
      ({ name, text, signs }) =>
        `| ${name} | ${text} | ${signs[0] ?? '**not found**'} |`,
    ),
    '',
  ];
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0
    ? []
    : [`${title}:`, '', ...lines.map((line) => `- ${line}`), ''];
}
