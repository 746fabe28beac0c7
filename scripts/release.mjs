// Releases all libraries in one version:
// node scripts/release.mjs <version> [--commit] [--publish] [--tag <name>] [--no-provenance]
//
// By itself it only tries: it sets the version, builds, tests the packages, asks
// npm what it would publish, and puts everything back. --commit leaves a commit
// and a tag. --publish publishes what is tagged; done again, it goes on where it
// stopped. See docs/releasing.md.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readLibs } from './libs.mjs';
import { commit, problemsBefore } from './release/git-state.mjs';
import { publishLibs } from './release/publish-libs.mjs';
import { setVersion } from './release/set-version.mjs';
import { isPrerelease, isVersion } from './release/version.mjs';

const USAGE =
  'Usage: npm run release -- <version> [--commit] [--publish] [--tag <name>] [--no-provenance]';

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      commit: { type: 'boolean', default: false },
      publish: { type: 'boolean', default: false },
      provenance: { type: 'boolean', default: true },
      tag: { type: 'string' },
    },
  });
  const [version, ...rest] = positionals;
  if (rest.length > 0 || !isVersion(version)) {
    throw new Error(`A version looks like 1.2.3 or 1.2.3-rc.1.\n${USAGE}`);
  }
  const tag = values.tag ?? (isPrerelease(version) ? 'next' : 'latest');
  return { ...values, version, tag };
}

const npmRun = (script) =>
  execFileSync('npm', ['run', script], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });

async function release(options) {
  const { version } = options;
  const problems = problemsBefore(options);
  if (problems.length > 0) {
    throw new Error([`${version} cannot be released:`, ...problems].join('\n'));
  }
  const changed = setVersion(version);
  let isKept = false;
  try {
    npmRun('build:libs');
    npmRun('test:packages');
    if (options.commit) {
      commit(version, changed.files);
      isKept = true;
    }
    await publishLibs(
      readLibs().filter(({ manifest }) => !manifest.private),
      options,
    );
  } finally {
    if (!isKept) changed.putBack();
  }
}

/** What there is to do now. */
function nextStep({ version, commit: isCommitted, publish }) {
  if (publish) return `${version} is published. Push: git push --follow-tags`;
  return isCommitted
    ? `v${version} is tagged. Push it, and publish: npm run release -- ${version} --publish`
    : `Nothing was published. What comes next: npm run release -- ${version} --commit`;
}

process.chdir(join(import.meta.dirname, '..'));
// Ctrl-C ends what runs; then everything is put back.
process.on('SIGINT', () => undefined);
try {
  const options = readArguments();
  await release(options);
  console.log(nextStep(options));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
