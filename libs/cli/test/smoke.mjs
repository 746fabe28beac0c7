// Run by scripts/smoke.mjs against the packed libraries, once per module system.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const NAME = '@nest-a2a/cli';

/** The program as npm would link it. */
function program() {
  const manifest = createRequire(import.meta.url).resolve(
    `${NAME}/package.json`,
  );
  const { bin } = createRequire(import.meta.url)(manifest);
  return join(dirname(manifest), bin['nest-a2a']);
}

export default async function smoke(load) {
  const { EXIT_CODES } = await load(NAME);
  assert.equal(EXIT_CODES.ok, 0);
  const server = createServer((_request, response) => {
    const { port } = server.address();
    const url = `http://localhost:${port}/rpc`;
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(
      JSON.stringify({
        name: 'Packed',
        description: 'x',
        version: '1',
        supportedInterfaces: [
          { url, protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
        ],
        capabilities: {},
        defaultInputModes: ['text/plain'],
        defaultOutputModes: ['text/plain'],
        skills: [],
      }),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const run = (...args) =>
    promisify(execFile)(process.execPath, [program(), ...args]);
  assert.match((await run('--version')).stdout, /^\d+\.\d+\.\d+\n$/);
  assert.match((await run('card', url)).stdout, /^Packed 1\n/);
  await assert.rejects(run('nonsense'), { code: EXIT_CODES.usage });
  server.close();
  server.closeAllConnections();
}
