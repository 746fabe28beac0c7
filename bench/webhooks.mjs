// What webhooks cost, and whether a receiver that never answers slows the others down:
// npm run bench:webhooks -- memory | sqlite | postgres | postgres://user@host:port/database
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { newKeyPair, readWebhookSecret, signWebhook } from '@nest-a2a/protocol';
import { openRuntime } from './webhooks/runtimes.mjs';
import { startAgent } from './webhooks/agent.mjs';

const ROUNDS = 3;
const SIGNATURES = 5_000;
/** Webhooks at once, with the default of four for each of nine origins. */
const CONCURRENCY = 36;
const LOAD = { tasks: 500, updates: 6 };
/** So few a second that no store is busy: a wait is then a wait for the dead. */
const PACE = { tasks: 1_000, updates: 2, everyMs: 25, deadEvery: 10 };

const [where = 'memory'] = process.argv.slice(2);
const runtime = await openRuntime(where);
const receiver = fork(new URL('webhooks/receiver.mjs', import.meta.url));
const [{ healthy, dead }] = await once(receiver, 'message');

async function ask(question) {
  receiver.send(question);
  const [answer] = await once(receiver, 'message');
  return answer;
}

async function untilArrived(expected) {
  while ((await ask('count')).count < expected) await setTimeout(20);
}

const median = (numbers) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const share = (numbers, part) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length * part)];

/** Time and processor time of this process for each webhook. */
async function costOf(count, work) {
  await ask('start');
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await work();
  await untilArrived(count);
  const ms = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (count * 1_000) / ms, cpuUs: (user + system) / count };
}

/** As much as this process could send at best: the same number of requests, of the same size, over kept connections. */
async function bareLoop() {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const statusUpdate = {
    taskId: 'x'.repeat(36),
    contextId: 'x'.repeat(36),
    status: {
      state: 'TASK_STATE_WORKING',
      timestamp: new Date().toISOString(),
    },
  };
  const body = JSON.stringify({ statusUpdate });
  let left = LOAD.tasks * LOAD.updates;
  const sender = async (_, i) => {
    while (left-- > 0) {
      const url = healthy[i % healthy.length];
      const sent = request(url, { agent, method: 'POST' }).end(body);
      const [response] = await once(sent, 'response');
      response.resume();
      await once(response, 'end');
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, sender));
  agent.destroy();
}

async function manyTasks(agent) {
  let next = 0;
  const sender = async () => {
    while (next < LOAD.tasks) {
      next += 1;
      await agent.send(healthy[next % healthy.length], LOAD.updates);
    }
  };
  await Promise.all(Array.from({ length: 16 }, sender));
}

/** One task after the other; each tenth has a receiver that never answers, or is left out. */
async function paced(agent, withDead) {
  await ask('start');
  const begin = performance.now();
  const sends = [];
  let expected = 0;
  for (let i = 0; i < PACE.tasks; i++) {
    await setTimeout(Math.max(0, begin + i * PACE.everyMs - performance.now()));
    const isDead = i % PACE.deadEvery === 0;
    if (isDead && !withDead) continue;
    expected += isDead ? 0 : PACE.updates;
    const url = isDead ? dead : healthy[i % healthy.length];
    sends.push(agent.send(url, PACE.updates));
  }
  await Promise.all(sends);
  await untilArrived(expected);
  return ask('stop');
}

/** Runs each once in every round, so that what else the machine does meets all. */
async function rounds(cases) {
  const results = Object.fromEntries(
    Object.keys(cases).map((name) => [name, []]),
  );
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(cases)) {
      results[name].push(await run());
    }
  }
  return results;
}

/** Processor time of one signature, by the kind of key. */
function measureSignatures() {
  const body = JSON.stringify({ text: 'x'.repeat(1_000) });
  const webhook = { id: 'evt_1', timestamp: 1_800_000_000, body };
  const keys = {
    Ed25519: newKeyPair('ed25519').privateKey,
    'HMAC-SHA256': readWebhookSecret(`whsec_${'A'.repeat(44)}`),
  };
  for (const [name, key] of Object.entries(keys)) {
    const cpu = process.cpuUsage();
    for (let i = 0; i < SIGNATURES; i++) signWebhook(webhook, [key]);
    const { user, system } = process.cpuUsage(cpu);
    const us = ((user + system) / SIGNATURES).toFixed(0);
    console.log(`a signature with ${name}: ${us} µs of processor`);
  }
}

async function measureCost() {
  const count = LOAD.tasks * LOAD.updates;
  const withAgent = (push) => async () => {
    const agent = await startAgent({ runtime: await runtime.next(), push });
    const cost = await costOf(count, () => manyTasks(agent));
    await agent.close();
    return cost;
  };
  const results = await rounds({
    'POST requests alone': () => costOf(count, bareLoop),
    'tasks and webhooks, signed': withAgent({}),
    'tasks and webhooks, not signed': withAgent({ signing: false }),
  });
  for (const [name, costs] of Object.entries(results)) {
    const perSecond = median(costs.map((cost) => cost.perSecond)).toFixed(0);
    const cpu = median(costs.map((cost) => cost.cpuUs)).toFixed(0);
    console.log(`${name}: ${perSecond} a second, ${cpu} µs of processor each`);
  }
}

async function measureDead() {
  const run = (withDead) => async () => {
    const agent = await startAgent({ runtime: await runtime.next() });
    const result = await paced(agent, withDead);
    await agent.close();
    return result;
  };
  const results = await rounds({
    'without a dead origin': run(false),
    'with a dead origin': run(true),
  });
  for (const [name, runs] of Object.entries(results)) {
    const part = (p) => median(runs.map((r) => share(r.latencies, p)));
    const tried = median(runs.map(({ silent }) => silent));
    console.log(
      `${name}: event to receiver p50 ${part(0.5)} ms, p99 ${part(0.99)} ms, most ${part(0.9999)} ms (requests to the dead one: ${tried})`,
    );
  }
}

console.log(`Tasks in ${where.replace(/:.*/, '')}, medians of ${ROUNDS}`);
measureSignatures();
await measureCost();
await measureDead();
receiver.disconnect();
await runtime.close();
