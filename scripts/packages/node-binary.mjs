import { tmpdir } from 'node:os';
import { NODES } from './hosts.mjs';
import { runNpm } from './run-program.mjs';

const found = new Map();

/** The path of a Node.js of this major version: the one that runs this, or one of npm's cache. */
export function nodeBinary(major) {
  if (Number(process.versions.node.split('.')[0]) === major) {
    return Promise.resolve(process.execPath);
  }
  if (!found.has(major)) found.set(major, fetched(NODES[major]));
  return found.get(major);
}

async function fetched(version) {
  const program = ['node', '-p', 'process.execPath'];
  const args = ['exec', '--yes', '--package', `node@${version}`, '--'];
  // Elsewhere than in the workspace, whose settings do not matter here.
  return (await runNpm([...args, ...program], { cwd: tmpdir() })).trim();
}
