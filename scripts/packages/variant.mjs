// The same application with some of the optional peers: links to what one
// application has installed, and copies of the libraries, which find their peers
// from where they lie.
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SCOPE = '@nest-a2a/';

/**
 * Makes the folder of an application.
 *
 * @param from the folder of the application that is taken over
 * @param names the packages of it that are there
 * @param shelf the folder of an application in which all peers are installed
 * @param peers the names of those that are there
 */
export function makeVariant(folder, { from, names, shelf, peers }) {
  const place = (source, name) => {
    const target = join(folder, 'node_modules', name);
    mkdirSync(dirname(target), { recursive: true });
    if (name.startsWith(SCOPE)) copy(source, target);
    else symlinkSync(source, target);
  };
  const others = names.filter((name) => !peers.includes(name));
  others.forEach((name) => place(join(from, 'node_modules', name), name));
  const added = peers.flatMap((name) => withDependencies(shelf, name));
  new Set(added.filter((name) => !others.includes(name))).forEach((name) =>
    place(join(shelf, 'node_modules', name), name),
  );
}

/** What npm installs with one of ours; packages of others find theirs where they lie. */
function withDependencies(shelf, name) {
  if (!name.startsWith(SCOPE)) return [name];
  const file = join(shelf, 'node_modules', name, 'package.json');
  const {
    dependencies = {},
    peerDependencies = {},
    peerDependenciesMeta = {},
  } = JSON.parse(readFileSync(file, 'utf8'));
  const needed = Object.keys({ ...dependencies, ...peerDependencies }).filter(
    (one) => !peerDependenciesMeta[one]?.optional,
  );
  return [name, ...needed.flatMap((one) => withDependencies(shelf, one))];
}

/** Source maps are half of it, and nobody reads them here. */
function copy(source, target) {
  const filter = (file) => !file.endsWith('.map');
  cpSync(source, target, { recursive: true, filter });
}
