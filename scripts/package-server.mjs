// Offers packed libraries as a registry would, and sends whoever wants something
// else to the registry that npm is set to: what is not published yet can be
// installed by name and version, like everything else.
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/**
 * @param libs with their `tarball`s, see `packLibs`
 * @returns the environment for a package manager, and how to end it
 */
export async function servePackages(libs) {
  // A path that nobody has asked for: package managers remember what was there.
  const root = `/${randomUUID()}/`;
  const answers = new Map();
  const upstream = execFileSync('npm', ['config', 'get', 'registry'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  const server = createServer(({ url, method }, response) => {
    const answer = answers.get(decodeURIComponent(url));
    if (answer) response.writeHead(200).end(answer);
    else if (method !== 'GET') response.writeHead(404).end();
    else {
      const Location = upstream.replace(/\/?$/, url.slice(root.length - 1));
      response.writeHead(302, { Location }).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const registry = `http://127.0.0.1:${server.address().port}${root}`;
  for (const { name, manifest, tarball } of libs) {
    const bytes = readFileSync(tarball);
    const file = `${name}/${manifest.version}.tgz`;
    const integrity = createHash('sha512').update(bytes).digest('base64');
    const dist = { tarball: registry + file, integrity: `sha512-${integrity}` };
    answers.set(root + file, bytes);
    answers.set(
      root + name,
      JSON.stringify({
        name,
        'dist-tags': { latest: manifest.version },
        versions: { [manifest.version]: { ...manifest, dist } },
      }),
    );
  }
  return {
    env: { npm_config_registry: registry },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
