// What must be so before a release, and the commit that it leaves.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isBefore, isPrerelease } from './version.mjs';

function git(...args) {
  return execFileSync('git', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** The commit that a name stands for; empty where there is none. */
function commitOf(name) {
  try {
    return git('rev-parse', '--verify', '--quiet', `${name}^{commit}`);
  } catch (error) {
    if (error.status === 1) return '';
    throw error;
  }
}

/** Everything that is in the way of a release, each a sentence. */
export function problemsBefore(options) {
  const workspace = JSON.parse(readFileSync('package.json', 'utf8'));
  return [
    ...problemsOfTree(options, workspace),
    ...problemsOfChangelog(options.version),
    ...(options.publish ? problemsOfPublishing(options, workspace) : []),
  ];
}

function problemsOfTree({ version, commit, publish }, workspace) {
  const problems = [];
  const branch = git('rev-parse', '--abbrev-ref', 'HEAD');
  const tagged = commitOf(`refs/tags/v${version}`);
  const isTagged = tagged !== '' && tagged === commitOf('HEAD');
  // A pipeline has the tag checked out and no branch.
  if (branch !== 'main' && !(publish && isTagged)) {
    problems.push(`The branch is ${branch}, releases are made from main.`);
  }
  if (git('status', '--porcelain') !== '') {
    problems.push('There are changes that are not committed.');
  }
  if (tagged !== '' && !isTagged) {
    problems.push(`The tag v${version} is there already, on another commit.`);
  }
  if (isTagged && commit) {
    problems.push(`It is committed and tagged already: leave out --commit.`);
  }
  if (publish && !commit && !isTagged) {
    problems.push(
      `Only what is tagged v${version} is published: first npm run release -- ${version} --commit`,
    );
  }
  if (isBefore(version, workspace.version)) {
    problems.push(`The packages are at ${workspace.version}, which is newer.`);
  }
  return problems;
}

function problemsOfChangelog(version) {
  // The changes of a release are noted once it is one.
  const wanted = isPrerelease(version) ? [version, 'Unreleased'] : [version];
  const sections = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m).slice(1);
  const isNoted = sections.some((section) => {
    const [title, ...text] = section.split('\n');
    const [name] = title.replace(/[[\]]/g, '').split(' ');
    return wanted.includes(name) && text.join('').trim() !== '';
  });
  return isNoted
    ? []
    : [`CHANGELOG.md says nothing of it: it needs a section "## ${version}".`];
}

function problemsOfPublishing({ provenance, commit }, { repository }) {
  if (!provenance) return [];
  const problems = [];
  if (!canProve(process.env)) {
    problems.push(
      'npm can prove where a package comes from only in a pipeline that it knows (GitHub Actions with the permission id-token, GitLab with SIGSTORE_ID_TOKEN): publish there, or with --no-provenance.',
    );
  }
  if (commit) {
    problems.push(
      'The proof names a commit that others can see: push what --commit leaves, then publish it.',
    );
  }
  if (!repository) {
    problems.push(
      'The proof names a repository: package.json needs "repository", then npm run lint:fix.',
    );
  }
  return problems;
}

const canProve = (env) =>
  Boolean(
    (env.GITHUB_ACTIONS && env.ACTIONS_ID_TOKEN_REQUEST_URL) ||
    (env.GITLAB_CI && env.SIGSTORE_ID_TOKEN),
  );

/** Commits files as a release, and tags it. */
export function commit(version, files) {
  git('add', '--', ...files);
  // Where the version was there already, nothing has changed.
  if (git('diff', '--cached', '--name-only') !== '') {
    git('commit', '--message', `Release ${version}`);
  }
  git('tag', '--annotate', `v${version}`, '--message', `Release ${version}`);
}
