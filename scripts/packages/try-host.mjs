// Everything that is tried in an application on one Nest.
import { join } from 'node:path';
import { entriesOf } from '../libs.mjs';
import { PeerChecks } from './check-peers.mjs';
import { checkTypes, resolutionsOf } from './check-types.mjs';
import { peersOf, runsOf } from './hosts.mjs';
import {
  optionalPeersOf,
  optionalPeersOfAll,
  readResults,
} from './optional-peers.mjs';
import { ScratchApp } from './scratch-app.mjs';

/** The application that `compile` makes, as it is run. */
const APPLICATION = 'module/dist/main.js';

/**
 * Installs the libraries beside one Nest and tries them there.
 *
 * @param context `report`, `libs`, `folder`, `registry`, `versions`, `all`
 * @param withPeers whether optional peers are tried, each alone
 * @returns the names of the optional peers that something was seen to need, and the folder that has them all
 */
export async function tryHost(context, host, withPeers) {
  const { report, libs, folder, registry } = context;
  const nest = host.version;
  const app = new ScratchApp(join(folder, `nest-${nest}`), registry);
  const step = (name, work) =>
    report.do({ part: 'install', nest, with: name }, async () => {
      await work();
      return true;
    });
  const isInstalled = await step('', () => installBase(app, libs, host));
  if (!isInstalled) return { seen: [] };
  const names = app.installed();
  await tryWithoutPeers(context, host, app, withPeers);
  const versions = peersOf(host, libs, context.versions);
  const isComplete = await step('every optional peer', () =>
    app.install(versions),
  );
  if (!isComplete) return { seen: [] };
  await tryTypes(report, app, host, specifiersOf(libs), 'all peers');
  if (!withPeers) return { seen: [] };
  const checks = new PeerChecks(
    report,
    { nest, node: 20 },
    {
      ...{ libs, names, folder: app.folder, shelf: app.folder },
      alone: Object.keys(versions),
      application: APPLICATION,
    },
  );
  return { seen: await checks.run(), shelf: app.folder };
}

/**
 * The same for programs without Nest: with all libraries that do not ask for it,
 * and with one alone that does without others of ours.
 */
export async function tryPlain(context, shelf) {
  const plain = context.libs.filter((lib) => !needsNest(lib));
  const names = context.libs.map(({ name }) => name);
  const alone = plain.filter((lib) =>
    optionalPeersOf(lib).some((peer) => names.includes(peer)),
  );
  const seen = await Promise.all([
    tryLibs(context, shelf, { title: 'none', libs: plain }),
    ...alone.map((lib) => {
      const libs = [...new Set(withRequired(lib))];
      return tryLibs(context, shelf, { title: `none, ${lib.folder}`, libs });
    }),
  ]);
  return seen.flat();
}

async function tryLibs({ report, registry, all, folder }, shelf, base) {
  const { title: nest, libs } = base;
  const app = new ScratchApp(join(folder, nest.replace(/\W+/g, '-')), registry);
  const names = await report.do({ part: 'install', nest }, async () => {
    await app.install(versionsOf(libs));
    app.addPrograms(libs);
    return app.installed();
  });
  if (!names) return [];
  const alone = all ? optionalPeersOfAll(libs) : [];
  const checked = { libs, names, folder: app.folder, shelf, alone };
  return new PeerChecks(report, { nest, node: 20 }, checked).run();
}

/** A library, and those that it does not work without. */
function withRequired(lib) {
  const optional = optionalPeersOf(lib);
  const required = lib.uses.filter(({ name }) => !optional.includes(name));
  return [lib, ...required.flatMap(withRequired)];
}

async function installBase(app, libs, host) {
  const asked = { ...host.packages, ...versionsOf(libs) };
  await app.install(asked);
  const stray = optionalPeersOfAll(libs).filter(
    (name) => app.installed().includes(name) && !(name in asked),
  );
  if (stray.length > 0) {
    throw new Error(`Installed without being asked for: ${stray.join(', ')}`);
  }
  app.addPrograms(libs);
  await app.compile(host.commonJs);
}

async function tryWithoutPeers(context, host, app, withPeers) {
  const { report, libs, all } = context;
  const nest = host.version;
  const runs = runsOf(host, all);
  const nodes = [...new Set(runs.map(({ node }) => node))];
  const [[first]] = await Promise.all([
    Promise.all(nodes.map((node) => loadEntries(context, app, { nest, node }))),
    ...runs.map(({ node, format, platform }) =>
      report.do(
        { part: 'run', nest, node, with: `${format}, ${platform}` },
        () => app.run(`${format}/dist/main.js`, [platform], { node }),
      ),
    ),
  ]);
  if (withPeers && first) {
    const loaded = specifiersOf(libs).filter((one) => !first.has(one));
    await tryTypes(report, app, host, loaded, 'no optional peer');
  }
}

/** @returns what each entry point misses that does not load */
function loadEntries({ report, libs }, app, { nest, node }) {
  return report.do(
    { part: 'load', nest, node, with: 'import, require' },
    async () => {
      let missing;
      for (const how of ['import', 'require']) {
        const args = [how, ...specifiersOf(libs)];
        const text = await app.run('load-entries.mjs', args, { node });
        missing = readResults(libs, JSON.parse(text), []);
      }
      return missing;
    },
  );
}

function tryTypes(report, app, host, entries, note) {
  return Promise.all(
    resolutionsOf(host).map((resolution) =>
      report.do(
        {
          part: 'types',
          nest: host.version,
          with: `${resolution.name}, TypeScript ${host.packages.typescript}, ${note}`,
        },
        () => checkTypes(app, resolution, entries),
      ),
    ),
  );
}

const specifiersOf = (libs) =>
  libs.flatMap(entriesOf).map(({ specifier }) => specifier);

const versionsOf = (libs) =>
  Object.fromEntries(
    libs.map(({ name, manifest }) => [name, manifest.version]),
  );

const needsNest = (lib) =>
  withRequired(lib).some((one) =>
    Object.keys(one.manifest.peerDependencies ?? {}).some(
      (name) =>
        name.startsWith('@nestjs/') && !optionalPeersOf(one).includes(name),
    ),
  );
