// The applications that the packages are installed into. Versions are exact, so
// that a run today and one tomorrow try the same.

/** @type {Record<number, string>} the version of each Node.js besides the one that runs this */
export const NODES = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' };

/**
 * - `packages`: what the application itself depends on
 * - `peers`: versions of optional peers that go with this Nest; for the others
 *   the version is the one that the workspace is tested with
 * - `commonJs`: how TypeScript resolves for a CommonJS application. Nest 12 has
 *   ES modules only, which `node16` does not let CommonJS require
 */
export const HOSTS = [
  nest('10.4.22', {
    typescript: '5.1.6',
    commonJs: 'node16',
    peers: { '@nestjs/terminus': '11.1.1', '@nestjs/swagger': '8.1.1' },
  }),
  nest('11.2.10', {
    fastify: '11.2.8',
    typescript: '5.9.3',
    commonJs: 'node16',
    peers: { '@nestjs/terminus': '11.1.1', '@nestjs/swagger': '11.4.0' },
  }),
  nest('12.5.1', {
    fastify: '12.5.0',
    typescript: '6.0.3',
    commonJs: 'nodenext',
    peers: {},
  }),
];

/** The oldest that the ranges of the peers allow, Nest and all others. Parts of 11.0.0 to 11.0.4 and 12.0.0 ask for another Nest. */
export const OLDEST_HOSTS = [
  nest('10.4.0', { typescript: '5.1.6', commonJs: 'node16', isOldest: true }),
  nest('11.0.5', { typescript: '5.7.3', commonJs: 'node16', isOldest: true }),
  nest('12.0.1', {
    typescript: '6.0.3',
    commonJs: 'nodenext',
    peers: { '@nestjs/testing': '12.0.1' },
    isOldest: true,
  }),
];

function nest(
  version,
  { fastify = version, typescript, commonJs, peers = {}, isOldest = false },
) {
  return {
    version,
    commonJs,
    peers,
    isOldest,
    packages: {
      '@nestjs/common': version,
      '@nestjs/core': version,
      '@nestjs/platform-express': version,
      '@nestjs/platform-fastify': fastify,
      'reflect-metadata': '0.2.2',
      rxjs: '7.8.2',
      typescript,
      '@types/node': '20.19.43',
    },
  };
}

const major = (version) => Number(version.split('.')[0]);

/**
 * Which applications run on which Node.js.
 *
 * By default each Nest and each Node.js occurs, in both module systems; with
 * `all` every combination.
 */
export function runsOf(host, all) {
  const everything = [20, 22, 24].flatMap((node) =>
    ['commonjs', 'module'].flatMap((format) =>
      ['express', 'fastify'].map((platform) => ({ node, format, platform })),
    ),
  );
  if (all) return everything;
  const defaults = {
    10: ['20 commonjs express', '24 commonjs fastify'],
    11: ['20 commonjs fastify', '22 commonjs express', '22 module express'],
    12: [
      ...['20 module express', '20 commonjs express', '22 module fastify'],
      ...['24 module express', '24 commonjs fastify'],
    ],
  };
  const chosen = defaults[major(host.version)];
  return everything.filter(({ node, format, platform }) =>
    chosen.includes(`${node} ${format} ${platform}`),
  );
}

/**
 * All optional peers of libraries, in versions that go with a host.
 *
 * @param versions those that the workspace is tested with
 */
export function peersOf(host, libs, versions) {
  const all = {};
  const there = [...Object.keys(host.packages), ...libs.map((lib) => lib.name)];
  for (const { manifest } of libs) {
    const ranges = manifest.peerDependencies ?? {};
    for (const name of Object.keys(manifest.peerDependenciesMeta ?? {})) {
      if (there.includes(name)) continue;
      all[name] = versionOf(name, ranges[name], host) ?? versions[name];
    }
  }
  return all;
}

/** The version of a peer for a host; nothing where that of the workspace will do. */
function versionOf(name, range, { version, peers, isOldest }) {
  if (peers[name]) return peers[name];
  const parts = range.split('||').map((part) => /\d[\d.]*/.exec(part)[0]);
  // A package of Nest has the major version of Nest, or the next.
  const fitting = parts.find((part) => major(part) >= major(version));
  if (isOldest) return name.startsWith('@nestjs/') ? fitting : parts[0];
  const isSame = fitting && major(fitting) === major(version);
  return name.startsWith('@nestjs/') && isSame ? `^${fitting}` : undefined;
}
