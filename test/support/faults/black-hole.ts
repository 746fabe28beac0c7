import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** Listens, and never accepts: its thread sleeps. */
const SLEEPER = `
const { createServer } = require('node:net');
const { parentPort } = require('node:worker_threads');
const server = createServer().listen(0, '127.0.0.1', 1, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;

/** A place where no connection is ever made, nor refused: whoever comes waits in the queue of who came before. */
export class BlackHole {
  private constructor(
    private readonly worker: Worker,
    private readonly queued: readonly Socket[],
    private readonly port: number,
  ) {}

  static async open(): Promise<BlackHole> {
    const worker = new Worker(SLEEPER, { eval: true });
    const [port] = (await once(worker, 'message')) as [number];
    // One more than the listener asked for has room in the queue of Linux.
    const queued = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(queued.map((socket) => once(socket, 'connect')));
    queued.forEach((socket) => socket.on('error', () => undefined));
    return new BlackHole(worker, queued, port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.queued.forEach((socket) => socket.destroy());
    await this.worker.terminate();
  }
}

/** A URL where connections are refused. */
export async function refusingUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}
