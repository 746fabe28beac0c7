// Sees the checks of packages fail: node --test scripts/packages/checks.test.mjs
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, mock } from 'node:test';
import { isBefore, isVersion } from '../release/version.mjs';
import { checkAllSeen } from './check-peers.mjs';
import { HOSTS, peersOf, runsOf } from './hosts.mjs';
import { checkCase, checkReadme, readResults } from './optional-peers.mjs';
import { Report } from './report.mjs';
import { runProgram } from './run-program.mjs';

const LIB = {
  folder: 'server',
  name: '@nest-a2a/server',
  uses: [],
  manifest: {
    exports: { '.': {}, './health': {} },
    peerDependencies: { '@nestjs/terminus': '^11.0.0 || ^12.0.0', jose: '^6' },
    peerDependenciesMeta: {
      '@nestjs/terminus': { optional: true },
      jose: { optional: true },
    },
  },
};
const missing = (name) => ({
  ok: false,
  code: 'ERR_MODULE_NOT_FOUND',
  message: `Cannot find package '${name}' imported from /app/x.js`,
});
const results = (health, main = { ok: true }) => ({
  '@nest-a2a/server': main,
  '@nest-a2a/server/health': health,
});

describe('what became of entry points', () => {
  it('names the peer that one misses', () => {
    const found = readResults([LIB], results(missing('@nestjs/terminus')), []);
    assert.deepEqual(
      [...found],
      [['@nest-a2a/server/health', '@nestjs/terminus']],
    );
  });

  for (const [what, given, peers, problem] of [
    ['another package', results(missing('express')), [], /express/],
    ['one like it', results(missing('@nestjs/terminus-2')), [], /terminus-2/],
    [
      'one that is there',
      results(missing('@nestjs/terminus')),
      ['@nestjs/terminus'],
      /terminus/,
    ],
    [
      'another error',
      results({ ok: false, message: "jose: bad 'jose'" }),
      [],
      /bad/,
    ],
    [
      'the main entry point',
      results({ ok: true }, missing('jose')),
      [],
      /server: Cannot find package 'jose'/,
    ],
    [
      'two copies',
      results({ ok: true, twice: 'A2AHealthModule' }),
      [],
      /two copies of A2AHealthModule/,
    ],
  ]) {
    it(`is a problem: ${what}`, () => {
      assert.throws(() => readResults([LIB], given, peers), problem);
    });
  }
});

describe('a case', () => {
  const needs = ['@grpc/grpc-js', '@bufbuild/protobuf'];
  const says = (message) => ({ ok: false, message, stack: message });

  it('says how to install what is not there', () => {
    const all = says('npm install @grpc/grpc-js @bufbuild/protobuf');
    checkCase({ needs }, all, []);
    checkCase({ needs }, says('npm install @bufbuild/protobuf'), [needs[0]]);
    checkCase({ needs }, { ok: true }, needs);
  });

  it('fails where it says less, works without, or does not work with them', () => {
    const half = says('npm install @grpc/grpc-js');
    assert.throws(() => checkCase({ needs }, half, []), /does not say/);
    assert.throws(
      () => checkCase({ needs }, { ok: true }, []),
      /works without/,
    );
    assert.throws(() => checkCase({ needs }, says('broken'), needs), /broken/);
  });
});

describe('what is written and known of peers', () => {
  it('fails where the README of a library has no command', () => {
    checkReadme(LIB, '@nest-a2a/server/health', ['@nestjs/terminus']);
    assert.throws(
      () => checkReadme(LIB, '@nest-a2a/server/health', ['terminus']),
      /does not say/,
    );
  });

  it('fails for a peer that nothing needs, and not for the peer of another', () => {
    const shelf = mkdtempSync(join(tmpdir(), 'nest-a2a-shelf-'));
    const folder = join(shelf, 'node_modules/@nestjs/terminus');
    mkdirSync(folder, { recursive: true });
    const write = (peerDependencies) =>
      writeFileSync(
        join(folder, 'package.json'),
        JSON.stringify({ peerDependencies }),
      );
    write({ jose: '^6' });
    checkAllSeen([LIB], ['@nestjs/terminus'], shelf);
    write({});
    assert.throws(
      () => checkAllSeen([LIB], ['@nestjs/terminus'], shelf),
      /libs\/server: jose/,
    );
    rmSync(shelf, { recursive: true });
  });

  it('takes the version that goes with each Nest', () => {
    const [ten, , twelve] = HOSTS;
    const versions = { jose: '6.2.17', '@nestjs/terminus': '12.1.0' };
    assert.match(peersOf(ten, [LIB], versions)['@nestjs/terminus'], /^11/);
    assert.deepEqual(peersOf(twelve, [LIB], versions), {
      '@nestjs/terminus': '^12.0.0',
      jose: '6.2.17',
    });
  });
});

describe('a run', () => {
  it('has each Nest, Node.js, module system and platform by default', () => {
    const runs = HOSTS.flatMap((host) => runsOf(host, false));
    const seen = new Set(runs.flatMap((run) => Object.values(run)));
    const wanted = [20, 22, 24, 'commonjs', 'module', 'express', 'fastify'];
    assert.deepEqual(
      wanted.filter((one) => !seen.has(one)),
      [],
    );
    assert.ok(HOSTS.every((host) => runsOf(host, false).length > 0));
    assert.ok(HOSTS.every((host) => runsOf(host, true).length === 12));
  });

  it('goes on after a part that fails, and fails', async () => {
    const log = mock.method(console, 'log', () => undefined);
    const error = mock.method(console, 'error', () => undefined);
    const report = new Report(1);
    const answers = await Promise.all([
      report.do({ part: 'a' }, () => Promise.reject(new Error('broken'))),
      report.do({ part: 'b' }, async () => 'done'),
    ]);
    const isOk = report.end();
    mock.restoreAll();
    assert.deepEqual(answers, [undefined, 'done']);
    assert.equal(isOk, false);
    assert.match(String(error.mock.calls[0].arguments), /broken/);
    assert.match(String(log.mock.calls.at(-1).arguments), /2 parts, 1 failed/);
  });

  it('says what a program printed that failed, and that one took too long', async () => {
    const run = (code, timeoutMs) =>
      runProgram(process.execPath, ['-e', code], { timeoutMs });
    await assert.rejects(
      run('console.error("why"); process.exit(3)', 60_000),
      /ended with 3\nwhy/,
    );
    await assert.rejects(run('setInterval(() => {}, 1000)', 300), /within 0.3/);
  });
});

describe('a version', () => {
  it('is one of SemVer', () => {
    const good = ['0.1.0', '1.2.3-rc.1', '10.0.0-x-y.7'];
    const bad = ['1.2', 'v1.2.3', '1.2.3-', '01.2.3', '1.2.3+5', ''];
    assert.deepEqual(good.filter(isVersion), good);
    assert.deepEqual(bad.filter(isVersion), []);
  });

  it('comes before another as SemVer §11 says', () => {
    const inOrder = [
      ...['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta'],
      ...['1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1'],
      ...['1.2.0', '1.10.0', '2.0.0'],
    ];
    inOrder.forEach((a, i) =>
      inOrder.forEach((b, j) => assert.equal(isBefore(a, b), i < j, a + b)),
    );
  });
});
