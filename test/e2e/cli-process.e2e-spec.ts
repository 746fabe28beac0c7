import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startAgent, type TestAgent } from '../support/test-agent.js';

const RUN = join(process.cwd(), 'test/support/run-typescript.mjs');
const MAIN = join(process.cwd(), 'libs/cli/src/main.ts');
const TIMEOUT_MS = 120_000;

describe('nest-a2a as a process', () => {
  let agent: TestAgent;

  beforeEach(async () => {
    agent = await startAgent();
  });

  afterEach(() => agent.close());

  function start(...argv: string[]): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [RUN, MAIN, ...argv]);
  }

  async function codeOf(child: ChildProcessWithoutNullStreams) {
    const [code] = (await once(child, 'close')) as [number | null];
    return code;
  }

  it(
    'reads its input, and ends with its code',
    async () => {
      const child = start('send', agent.url, '-', '--json');
      const out = text(child.stdout);
      child.stdin.end('hi');
      expect(await codeOf(child)).toBe(0);
      expect(JSON.parse(await out)).toMatchObject({
        artifacts: [{ parts: [{ text: 'echo: hi' }] }],
      });
    },
    TIMEOUT_MS,
  );

  it(
    'ends when it is interrupted, and leaves the task alone',
    async () => {
      let isAborted = false;
      let finish: () => void = () => undefined;
      const finished = new Promise<void>((resolve) => (finish = resolve));
      agent.worker.on('slow', async (context) => {
        context.signal.addEventListener('abort', () => (isAborted = true));
        await finished;
        await context.complete();
      });
      const child = start('send', agent.url, 'slow', '--stream');
      const err = text(child.stderr);
      await once(child.stdout, 'data');
      child.kill('SIGINT');
      expect(await codeOf(child)).toBe(130);
      expect(await err).toContain(`nest-a2a watch ${agent.url} `);
      expect(isAborted).toBe(false);
      finish();
    },
    TIMEOUT_MS,
  );

  it(
    'ends when it is interrupted while it reads its input',
    async () => {
      const child = start('send', agent.url, '-');
      // More than the pipe takes: when it is through, the program reads.
      await new Promise((resolve) =>
        child.stdin.write('x'.repeat(1_000_000), resolve),
      );
      child.kill('SIGINT');
      expect(await codeOf(child)).toBe(130);
    },
    TIMEOUT_MS,
  );

  it(
    'ends without a word when nobody reads any more',
    async () => {
      const child = start('send', agent.url, 'hi');
      child.stdout.destroy();
      const err = text(child.stderr);
      expect(typeof (await codeOf(child))).toBe('number');
      expect(await err).toBe('');
    },
    TIMEOUT_MS,
  );
});
