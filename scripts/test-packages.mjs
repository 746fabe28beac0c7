// Installs the packed libraries into applications outside the workspace, as
// anybody would, and tries them there:
// node scripts/test-packages.mjs [--all] [--nest <major>] [--keep]
//
// By default each Nest and each Node.js occurs, in both module systems; --all
// tries every combination, optional peers on each Nest, and the oldest Nest of
// each major version. --nest takes one of them. --keep leaves the folder behind.
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { entriesOf, readLibs } from './libs.mjs';
import { packLibs } from './pack-libs.mjs';
import { servePackages } from './package-server.mjs';
import { checkAllSeen } from './packages/check-peers.mjs';
import { HOSTS, OLDEST_HOSTS } from './packages/hosts.mjs';
import { runAttw, runPublint } from './packages/lint-tarball.mjs';
import { Report } from './packages/report.mjs';
import { tryHost, tryPlain } from './packages/try-host.mjs';
import { ensureBuilt } from './prepare.mjs';

const { values: options } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    nest: { type: 'string' },
  },
});
/** Optional peers are tried on this one, by default. */
const [NEWEST] = HOSTS.slice(-1);

ensureBuilt();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nest-a2a-packages-')));
const report = new Report(availableParallelism());
const packed = packLibs(readLibs(), folder);
const server = await servePackages(packed);
const context = {
  report,
  folder,
  registry: server.env,
  all: options.all,
  libs: packed.filter((lib) => entriesOf(lib).length > 0),
  versions: JSON.parse(readFileSync('package.json', 'utf8')).devDependencies,
};

function lintTarballs() {
  return packed.flatMap((lib) => [
    report.do({ part: 'publint', with: lib.name }, () => runPublint(lib)),
    report.do({ part: 'attw', with: lib.name }, () => runAttw(lib)),
  ]);
}

async function tryHosts() {
  const hosts = options.all ? [...HOSTS, ...OLDEST_HOSTS] : HOSTS;
  const chosen = hosts.filter(
    ({ version }) => !options.nest || version.startsWith(`${options.nest}.`),
  );
  const results = await Promise.all(
    chosen.map((host) => {
      const withPeers = host === NEWEST || options.all;
      return tryHost(context, host, withPeers);
    }),
  );
  const shelf = results[chosen.indexOf(NEWEST)]?.shelf;
  if (!shelf) return;
  const seen = await tryPlain(context, shelf);
  const all = [...seen, ...results.flatMap((result) => result.seen)];
  await report.do({ part: 'peers', with: 'every one is known' }, async () =>
    checkAllSeen(context.libs, all, shelf),
  );
}

try {
  await Promise.all([...lintTarballs(), tryHosts()]);
} finally {
  server.close();
  if (options.keep) console.log(`left behind: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
process.exitCode = report.end() ? 0 : 1;
