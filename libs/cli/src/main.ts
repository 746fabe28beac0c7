#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { run } from './run.js';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
// Whoever waits for the input waits no more.
interrupted.signal.addEventListener('abort', () => process.stdin.destroy());

let isLeft = false;
// Whoever reads may have read enough, and wants no hints either.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  isLeft = true;
  interrupted.abort();
});
process.stderr.on('error', () => undefined);

void run(process.argv.slice(2), {
  env: process.env,
  signal: interrupted.signal,
  print: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => {
    if (!isLeft) process.stderr.write(`${line}\n`);
  },
  readInput: () => text(process.stdin),
}).then((code) => {
  process.exitCode = code;
});
