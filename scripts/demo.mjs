// Runs the three programs together and checks what they have told each other:
// node scripts/demo.mjs [--binding JSONRPC|HTTP+JSON] [--protocol 1.0|0.3] [--runtime memory|sqlite|postgres]
// With a binding or a protocol the agent offers nothing else, so that the client has to use it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { openDemoStore } from './demo-store.mjs';
import { ensureBuilt } from './prepare.mjs';

const TIME_FOR_START_MS = 30_000;
const TIME_FOR_CLIENT_MS = 45_000;
const TIME_FOR_WEBHOOKS_MS = 10_000;
const REPORT = 'Report: Q1 revenue was 4.2M, up 15% YoY.';
const UPDATES = [
  'working',
  'working: Gathering data...',
  'working: Generating report...',
];
/** What a webhook gets: in 1.0 each update, in 0.3 the task as of each status. */
const EXPECTED = {
  '1.0': [...UPDATES, `artifact: ${REPORT}`, 'completed'],
  0.3: [...UPDATES, `completed with ${REPORT}`],
};
const TRANSCRIPT = [
  /^Connected to: Report Generator$/,
  /^Task created: [0-9a-f-]{36}$/,
  /^ {2}Polling\.\.\. state=(submitted|working)$/,
  /^ {2}Polling\.\.\. state=working$/,
  /^ {2}Polling\.\.\. state=completed$/,
  /^ {2}Result: Report: Q1 revenue was 4\.2M, up 15% YoY\.$/,
  /^Check the webhook receiver for push notifications!$/,
];

const { values } = parseArgs({
  options: {
    binding: { type: 'string' },
    protocol: { type: 'string' },
    runtime: { type: 'string', default: 'memory' },
  },
});
const expected = EXPECTED[values.protocol ?? '1.0'];
assert.ok(expected, `--protocol ${values.protocol} is none of 1.0, 0.3`);
const running = [];

/** Starts a program and shows what it says, each line with its name. */
function start(name, app, env) {
  const child = spawn(process.execPath, [`dist/apps/${app}/main.js`], {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const program = { name, child, lines: [], exited: once(child, 'exit') };
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      program.lines.push(line);
      console.log(`${`[${name}]`.padEnd(10)} ${line}`);
    });
  }
  running.push(program);
  return program;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks again until there is an answer that will do. */
async function until(what, timeoutMs, ask) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    const gone = running.find(({ child }) => child.exitCode !== null);
    if (gone && gone.name !== 'client') {
      throw new Error(`${gone.name} has ended with ${gone.child.exitCode}`);
    }
    if (Date.now() > deadline) throw new Error(`${what}: nothing in time`);
    await setTimeout(100);
  }
}

const answers = (url) => async () => ((await fetch(url)).ok ? true : undefined);

async function runClient(env) {
  const client = start('client', 'report-client', env);
  const late = setTimeout(TIME_FOR_CLIENT_MS, ['late'], { ref: false });
  const [code] = await Promise.race([client.exited, late]);
  assert.equal(code, 0, `the client has ended with ${code}`);
  return client.lines.filter((line) => line !== '');
}

function checkTranscript(lines) {
  const unmatched = TRANSCRIPT.filter(
    (pattern) => !lines.some((line) => pattern.test(line)),
  );
  assert.deepEqual(unmatched, [], 'the client has not said');
  const isNext = (line) => TRANSCRIPT.findIndex((one) => one.test(line));
  const order = lines.map(isNext);
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
    'order',
  );
}

/** A notification in short: a StreamResponse of 1.0, or a bare task of 0.3. */
function summaryOf({ statusUpdate, artifactUpdate, ...task }) {
  if (artifactUpdate) {
    return `artifact: ${artifactUpdate.artifact.parts[0].text}`;
  }
  const { state, message } = (statusUpdate ?? task).status;
  const word = state.replace('TASK_STATE_', '').toLowerCase();
  const report = task.artifacts?.[0].parts[0].text;
  const text = message ? `: ${message.parts[0].text}` : '';
  return word + text + (report ? ` with ${report}` : '');
}

async function checkWebhooks(receiver, taskId) {
  const url = `${receiver}/notifications`;
  const list = async () => (await fetch(url)).json();
  const enough = async () => {
    const { count } = await list();
    return count >= expected.length ? count : undefined;
  };
  await until('webhooks', TIME_FOR_WEBHOOKS_MS, enough);
  const { notifications } = await list();
  assert.deepEqual(notifications.map(summaryOf), expected);
  for (const { statusUpdate, artifactUpdate, id } of notifications) {
    assert.equal((statusUpdate ?? artifactUpdate)?.taskId ?? id, taskId);
  }
}

/** The receiver takes nothing without the token, so what it has came with it. */
async function checkToken(receiver) {
  const answer = await fetch(`${receiver}/webhook`, { method: 'POST' });
  assert.equal(answer.status, 401);
  assert.deepEqual(await answer.json(), { error: 'Invalid token' });
}

async function demo(store) {
  const port = process.env.PORT ?? (await freePort());
  const receiverPort = process.env.RECEIVER_PORT ?? (await freePort());
  const agent = `http://localhost:${port}`;
  const receiver = `http://localhost:${receiverPort}`;
  start('receiver', 'webhook-receiver', { PORT: String(receiverPort) });
  start('agent', 'report-agent', {
    PORT: String(port),
    ...store.env,
    ...(values.protocol && { AGENT_VERSION: values.protocol }),
    ...(values.binding && { AGENT_BINDING: values.binding }),
  });
  const card = `${agent}/.well-known/agent-card.json`;
  await until('agent', TIME_FOR_START_MS, answers(card));
  const notifications = `${receiver}/notifications`;
  await until('receiver', TIME_FOR_START_MS, answers(notifications));
  const lines = await runClient({
    AGENT_URL: agent,
    WEBHOOK_URL: `${receiver}/webhook`,
  });
  checkTranscript(lines);
  const taskId = lines[1].replace('Task created: ', '');
  await checkWebhooks(receiver, taskId);
  await checkToken(receiver);
  return `${expected.length} webhooks arrived, in order, with the token, for task ${taskId}`;
}

async function stopAll() {
  for (const { child } of running) child.kill('SIGTERM');
  await Promise.all(running.map(({ exited }) => exited));
}

ensureBuilt();
let verdict;
let store;
try {
  store = await openDemoStore(values.runtime);
  verdict = `\nDemo OK on ${values.runtime}: ${await demo(store)}.`;
} catch (error) {
  verdict = `\nDemo FAILED: ${error.message}`;
  process.exitCode = 1;
} finally {
  await stopAll();
  await store?.close();
}
console.log(verdict);
