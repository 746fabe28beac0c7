import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const FOLDER = 'node_modules/@nest-a2a/postgres';

/** Runs the packed command. */
function command(...args) {
  const { bin } = JSON.parse(readFileSync(`${FOLDER}/package.json`, 'utf8'));
  const [file] = Object.values(bin);
  return spawnSync(process.execPath, [`${FOLDER}/${file}`, ...args], {
    encoding: 'utf8',
  });
}

/** On the server of TEST_POSTGRES_URL, where there is one. */
function migrate(url) {
  const options = ['--url', url, '--schema', `smoke_${process.pid}`];
  assert.equal(command('verify', ...options).status, 3);
  assert.match(command('migrate', ...options).stdout, /has taken the steps 1/);
  assert.equal(command('verify', ...options).status, 0);
}

export default async function smoke() {
  assert.match(command('--help').stdout, /^Usage: nest-a2a-postgres/);
  assert.match(command('sql').stdout, /create table "a2a"\.task/);
  assert.equal(command('destroy').status, 2);
  const url = process.env.TEST_POSTGRES_URL;
  if (url) migrate(url);
}
