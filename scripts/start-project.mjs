// Runs what `npm start` of a project runs, on a port that is free.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

const TRIES = 300;
const BETWEEN_MS = 100;

/** @returns the origin of the agent, which answers, and how to end it */
export async function startProject(folder, env, command = ['npm', 'start']) {
  const port = await freePort();
  const [program, ...args] = command;
  // A group of its own: npm does not hand on every signal.
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  child.stdout.on('data', (text) => (said += text));
  child.stderr.on('data', (text) => (said += text));
  const ended = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    await ended;
  };
  const origin = `http://localhost:${port}`;
  for (let i = 0; i < TRIES && child.exitCode === null; i++) {
    const card = `${origin}/.well-known/agent-card.json`;
    if (await fetch(card).catch(() => undefined)) return { origin, stop };
    await setTimeout(BETWEEN_MS);
  }
  await stop();
  throw new Error(`${command.join(' ')} does not start:\n${said}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
