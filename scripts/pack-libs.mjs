// Packs libraries as they are published. They must be built.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const STRAY = /\.spec\.|\.tsbuildinfo/;
const PAPERS = ['LICENSE', 'README.md', 'CHANGELOG.md'];

/**
 * Packs libraries into a folder.
 *
 * @returns each with its `tarball`, an absolute path
 */
export function packLibs(libs, dir) {
  return libs.map((lib) => {
    const [{ filename, files }] = packed(
      execFileSync('npm', ['pack', '--json', '--pack-destination', dir], {
        cwd: `libs/${lib.folder}`,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
    const paths = files.map(({ path }) => path);
    const stray = paths.find((path) => STRAY.test(path));
    if (stray) throw new Error(`${lib.name} packs ${stray}`);
    const missing = PAPERS.find((one) => !paths.includes(one));
    if (missing) throw new Error(`${lib.name} packs no ${missing}`);
    return { ...lib, tarball: join(dir, filename) };
  });
}

/** `npm pack --json` answers a list up to npm 11, later an object. */
function packed(json) {
  const answer = JSON.parse(json);
  return Array.isArray(answer) ? answer : Object.values(answer);
}
