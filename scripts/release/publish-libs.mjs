// Publishes libraries, each after those it depends on.
import { runNpm } from '../packages/run-program.mjs';

/**
 * Publishes libraries, or asks npm what it would publish. Those that are there
 * in this version are left alone, so that a run that stopped can be repeated.
 *
 * @throws Error which says what is published and what is not
 */
export async function publishLibs(libs, { publish, provenance, tag, version }) {
  const flags = [
    ...['--access', 'public', '--tag', tag],
    provenance ? '--provenance' : '--no-provenance',
    ...(publish ? [] : ['--dry-run']),
  ];
  const done = [];
  for (const { folder, name } of libs) {
    if (publish && (await isPublished(name, version))) {
      console.log(`${name}@${version} is there already`);
      done.push(name);
      continue;
    }
    try {
      await runNpm(['publish', ...flags], { cwd: `libs/${folder}` });
    } catch (error) {
      throw new Error(failureOf(name, { done, libs, publish }, error), {
        cause: error,
      });
    }
    done.push(name);
    const did = publish ? 'published' : 'would publish';
    console.log(`${did} ${name}@${version} as ${tag}`);
  }
}

async function isPublished(name, version) {
  try {
    const args = ['view', `${name}@${version}`, 'version'];
    return (await runNpm(args, {})).trim() === version;
  } catch (error) {
    if (/E404/.test(error.message)) return false;
    throw error;
  }
}

function failureOf(name, { done, libs, publish }, { message }) {
  const rest = libs.map((lib) => lib.name).filter((one) => !done.includes(one));
  const state = publish
    ? [
        `Published: ${done.join(', ') || 'nothing'}. Not published: ${rest.join(', ')}.`,
        'When the reason is gone, run the same command again: what is published is left alone.',
      ]
    : [];
  return [`npm does not take ${name}: ${message}`, ...state].join('\n');
}
