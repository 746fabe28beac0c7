import { type Summary } from './summary.js';

/** What was run where. */
export interface Environment {
  readonly commit: string;
  readonly node: string;
  readonly postgres: string;
  readonly date: string;
  readonly command: string;
}

/** The report for people. */
export function toMarkdown(
  environment: Environment,
  summaries: readonly Summary[],
): string {
  const { commit, node, postgres, date, command } = environment;
  return [
    '# Crash laboratory',
    '',
    `\`${command}\`, ${date}, commit ${commit}, Node.js ${node}, ${postgres}.`,
    '',
    ...summaries.flatMap(section),
  ].join('\n');
}

function section(summary: Summary): string[] {
  const { title, seed, runtime, faults, violations, problems } = summary;
  const broken = Object.entries(faults)
    .map(([action, times]) => `${times} × ${action}`)
    .join(', ');
  return [
    `## ${title}`,
    '',
    `Store ${runtime}, seed ${seed}, ${summary.seconds} s. Faults: ${broken || 'none'}.`,
    '',
    '| tasks | events | calls | streams | frames | webhooks | of these again | turns begun again | violations |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    `| ${summary.tasks} | ${summary.events} | ${summary.operations} | ${summary.streams} | ${summary.frames} | ${summary.webhooks} | ${summary.repeatedWebhooks} | ${summary.repeatedRuns} | **${violations.length}** |`,
    '',
    ...list('Violations', violations),
    ...list('Not finished', problems),
  ];
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0
    ? []
    : [`${title}:`, '', ...lines.map((line) => `- ${line}`), ''];
}
