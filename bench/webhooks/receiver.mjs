// Receivers of webhooks in a process of their own, for bench/webhooks.mjs: some
// origins that answer at once, and one that takes connections and never answers.
// `start` begins to count, `stop` tells what has come since.
import { createServer } from 'node:http';
import { once } from 'node:events';

const ORIGINS = 9;

let counted = { count: 0, latencies: [], silent: 0 };

/** When the event was written stands in it, by the clock of this machine. */
function latencyOf(body) {
  const { statusUpdate } = JSON.parse(body);
  return Date.now() - Date.parse(statusUpdate?.status.timestamp);
}

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}/webhook`;
}

function receiver() {
  return createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(204).end();
      counted.count += 1;
      counted.latencies.push(latencyOf(Buffer.concat(chunks).toString()));
    });
  });
}

const healthy = await Promise.all(
  Array.from({ length: ORIGINS }, () => listen(receiver())),
);
const dead = await listen(
  createServer(() => {
    counted.silent += 1;
  }),
);

process.on('message', (message) => {
  if (message === 'count') process.send({ count: counted.count });
  if (message === 'stop') process.send(counted);
  if (message === 'start') {
    counted = { count: 0, latencies: [], silent: 0 };
    process.send({ started: true });
  }
});
process.on('disconnect', () => process.exit(0));
process.send({ healthy, dead });
