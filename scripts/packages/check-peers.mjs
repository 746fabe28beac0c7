// Tries the libraries without optional peers, with each of them alone, and with
// those that each entry point needs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from '../libs.mjs';
import {
  casesOf,
  checkCase,
  checkReadme,
  optionalPeersOf,
  readResults,
} from './optional-peers.mjs';
import { ScratchApp } from './scratch-app.mjs';
import { makeVariant } from './variant.mjs';

const HOW = ['import', 'require'];
/** Peers that something needs are found one by one. */
const MAX_PEERS = 10;

export class PeerChecks {
  #variants = new Map();
  /** For each entry point that does not load by itself, what it needs. */
  #needs = new Map();

  /**
   * @param base the application: its `folder`, the `names` of what is installed
   *   there, the `libs` among them, `shelf`, a folder with all peers, `alone`, the
   *   peers that are tried alone, and `application`, what is run then
   */
  constructor(report, row, base) {
    this.report = report;
    this.row = row;
    this.base = base;
  }

  /** Tries everything. @returns the names of the peers that something was seen to need */
  async run() {
    await this.#do('no optional peer', () => this.#findNeeds());
    await Promise.all([
      ...this.base.alone.map((name) =>
        this.#do(`${name} alone`, () => this.#tryAlone(name)),
      ),
      ...[...this.#needs].map(([specifier, { lib, peers }]) =>
        this.#do(`${specifier} + ${peers.join(', ')}`, () =>
          this.#tryEntry(lib, specifier, peers),
        ),
      ),
      this.#tryCases(),
    ]);
    const cases = await casesOf(this.base.libs);
    return [
      ...[...this.#needs.values()].flatMap(({ peers }) => peers),
      ...cases.flatMap(({ needs }) => needs),
    ];
  }

  #do(what, work) {
    return this.report.do({ part: 'peers', ...this.row, with: what }, work);
  }

  /** Adds what entry points miss until they load. */
  async #findNeeds() {
    const { libs } = this.base;
    for (const how of HOW) {
      const missing = readResults(libs, await this.#load([], how), []);
      for (const [specifier, first] of missing) {
        if (this.#needs.has(specifier)) continue;
        const lib = libs.find((one) => hasEntry(one, specifier));
        const peers = await this.#needsOf(specifier, first, how);
        this.#needs.set(specifier, { lib, peers });
      }
    }
  }

  async #needsOf(specifier, first, how) {
    const peers = [first];
    while (peers.length <= MAX_PEERS) {
      const results = await this.#load(peers, how);
      const next = readResults(this.base.libs, results, peers).get(specifier);
      if (!next) return peers;
      peers.push(next);
    }
    throw new Error(`${specifier} needs more than ${peers.join(', ')}`);
  }

  /** One more package than before takes nothing away. */
  async #tryAlone(name) {
    const results = await this.#load([name], 'import');
    const missing = readResults(this.base.libs, results, [name]);
    for (const specifier of missing.keys()) {
      if (!this.#needs.has(specifier)) {
        throw new Error(`${specifier} loads without ${name} only`);
      }
    }
    const { application } = this.base;
    if (application) await this.#variant([name]).run(application, []);
  }

  async #tryEntry(lib, specifier, peers) {
    for (const how of HOW) {
      const { [specifier]: result } = await this.#load(peers, how);
      if (!result.ok) throw new Error(result.message);
    }
    checkReadme(lib, specifier, peers);
  }

  async #tryCases() {
    const { libs, names } = this.base;
    const cases = this.base.application ? await casesOf(libs) : [];
    await Promise.all(
      cases.map((one) => {
        const needs = one.needs.filter((name) => !names.includes(name));
        const sets = [[], ...needs.map((name) => [name]), needs];
        return this.#do(`${one.folder}: ${one.name}`, async () => {
          for (const peers of new Set(sets.map((set) => set.join(' ')))) {
            await this.#tryCase(one, peers.split(' ').filter(Boolean));
          }
        });
      }),
    );
  }

  async #tryCase(one, peers) {
    const isComplete = one.needs.every(
      (name) => peers.includes(name) || this.base.names.includes(name),
    );
    for (const how of isComplete ? HOW : ['import']) {
      const { file, number, node } = one;
      const args = [file, number, how];
      const text = await this.#variant(peers).run('run-case.mjs', args, {
        node,
      });
      checkCase(one, JSON.parse(text), peers);
    }
  }

  async #load(peers, how) {
    const entries = this.base.libs
      .flatMap(entriesOf)
      .map(({ specifier }) => specifier);
    const args = [how, ...entries];
    return JSON.parse(await this.#variant(peers).run('load-entries.mjs', args));
  }

  #variant(peers) {
    const key = [...peers].sort().join(' ');
    if (!this.#variants.has(key)) {
      const folder = `${this.base.folder}-peers-${this.#variants.size}`;
      const { names, shelf } = this.base;
      makeVariant(folder, { from: this.base.folder, names, shelf, peers });
      const app = new ScratchApp(folder, {});
      app.addPrograms(this.base.libs);
      app.copyApplication(this.base);
      this.#variants.set(key, app);
    }
    return this.#variants.get(key);
  }
}

const hasEntry = (lib, specifier) =>
  entriesOf(lib).some((entry) => entry.specifier === specifier);

/**
 * @param seen the names of the peers that something was seen to need
 * @param shelf the folder of an application in which all peers are installed
 * @throws Error with the optional peers that nothing was seen to need, and that no other one needs
 */
export function checkAllSeen(libs, seen, shelf) {
  const implied = seen.flatMap((name) => requiredPeersOf(shelf, name));
  const missing = libs.flatMap((lib) =>
    optionalPeersOf(lib)
      .filter((name) => !seen.includes(name) && !implied.includes(name))
      .map((name) => `libs/${lib.folder}: ${name}`),
  );
  if (missing.length > 0) {
    throw new Error(
      `Nothing shows what these optional peers are for. Add a case to test/optional-peers.mjs of the library:\n${missing.join('\n')}`,
    );
  }
}

function requiredPeersOf(shelf, name) {
  const file = join(shelf, 'node_modules', name, 'package.json');
  const { peerDependencies = {}, peerDependenciesMeta = {} } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  return Object.keys(peerDependencies).filter(
    (peer) => !peerDependenciesMeta[peer]?.optional,
  );
}
