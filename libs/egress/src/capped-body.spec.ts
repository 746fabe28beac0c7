import { PassThrough } from 'node:stream';
import { readCappedBody, type BodyLimits } from './capped-body.js';

function read(limits: Partial<BodyLimits> = {}) {
  const stream = new PassThrough();
  const body = readCappedBody(stream, {
    maxBytes: 10,
    timeoutMs: 60_000,
    ...limits,
  });
  return { stream, body };
}

describe('readCappedBody', () => {
  it('reads a body that ends by itself', async () => {
    const { stream, body } = read();
    stream.write('12345');
    stream.end('67890');
    expect(await body).toEqual({
      body: Buffer.from('1234567890'),
      truncated: false,
    });
  });

  it('cuts at the byte and destroys the stream (D5)', async () => {
    const { stream, body } = read();
    stream.write('12345678901');
    expect(await body).toEqual({
      body: Buffer.from('1234567890'),
      truncated: true,
    });
    expect(stream.destroyed).toBe(true);
  });

  it('cuts when its time is over (D5)', async () => {
    const { stream, body } = read({ timeoutMs: 20 });
    stream.write('1');
    expect(await body).toEqual({ body: Buffer.from('1'), truncated: true });
    expect(stream.destroyed).toBe(true);
  });

  it.each([
    ['an error', new Error('ECONNRESET')],
    ['nothing but a close', undefined],
  ])('keeps what came before %s (D7)', async (_what, error) => {
    const { stream, body } = read();
    stream.write('1', () => stream.destroy(error));
    expect(await body).toEqual({ body: Buffer.from('1'), truncated: true });
  });

  it('cuts when the signal is aborted, before or while it reads', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const first = read({ signal });
    controller.abort();
    const second = read({ signal });
    for (const { stream, body } of [first, second]) {
      expect((await body).truncated).toBe(true);
      expect(stream.destroyed).toBe(true);
    }
  });
});
