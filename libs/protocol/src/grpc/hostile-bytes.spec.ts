import fc from 'fast-check';
import { procedure, thrownBy, V03, V10 } from '../../test/grpc-procedures.js';
import { isA2AError } from '../errors/a2a-error.js';

const REQUEST = {
  tenant: 'acme',
  message: {
    messageId: 'm1',
    role: 'ROLE_USER',
    parts: [
      { text: 'hi', metadata: { a: [1, { b: null }] } },
      { raw: 'iVBORw0K', filename: 'x.png' },
      { data: { a: [true, null, 1.5, 'x', {}] } },
    ],
    extensions: ['https://a.example/ext'],
  },
  configuration: { historyLength: 3, returnImmediately: true },
};

describe('hostile bytes', () => {
  const everyProcedure = [V10, V03].flatMap(({ procedures }) => procedures);

  it.each([
    ['cut off', [0x0a, 100, 0x41]],
    ['not UTF-8', [0x0a, 1, 0xff]],
    ['of a wrong wire type', [0x12, 2, 0x07, 0x00]],
    ['a tag of nothing', [0x00]],
    ['a length beyond all', [0x12, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['an endless number', Array<number>(20).fill(0xff)],
    ['groups in groups', Array<number>(50_000).fill(0x4b)],
  ])('%s are an invalid request', (_what, bytes) => {
    const { decodeRequest } = procedure('SendMessage');
    expect(thrownBy(() => decodeRequest(Uint8Array.from(bytes)))).toMatchObject(
      { code: 'INVALID_REQUEST' },
    );
  });

  it('are refused before they become more objects than there is memory for', () => {
    const { decodeRequest } = procedure('SendMessage');
    const parts = Buffer.alloc(5_000_000 * 2);
    for (let at = 0; at < parts.length; at += 2) parts[at] = 0x2a;
    const head = [0x12, ...varint(parts.length)];
    const bytes = Buffer.concat([Buffer.from(head), parts]);
    const before = process.memoryUsage().heapUsed;
    expect(thrownBy(() => decodeRequest(bytes))).toMatchObject({
      code: 'INVALID_REQUEST',
    });
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200_000_000);
  });

  it.each([
    ['a number that holds messages', [0x1a, 4, 0x2a, 0x00, 0x2a, 0x00]],
    ['a text that is a number', [0x08, 1]],
    ['a message that ends in its field', [0x12, 2, 0x0a, 5, 1, 1, 1, 1, 1]],
  ])('that could be read in two ways are refused: %s', (_what, bytes) => {
    const { decodeRequest } = procedure('GetTask');
    expect(thrownBy(() => decodeRequest(Uint8Array.from(bytes)))).toMatchObject(
      { code: 'INVALID_REQUEST' },
    );
  });

  it.each([600, 100_000])('nested %d levels deep do no harm', (levels) => {
    const { decodeRequest } = procedure('SendMessage');
    const bytes = nestedRequest(levels);
    expect(thrownBy(() => decodeRequest(bytes))).toMatchObject({
      code: 'INVALID_REQUEST',
    });
  });

  it('never make anything but an A2AError', () => {
    const valid = procedure('SendMessage').encodeRequest(REQUEST);
    const damaged = fc
      .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 5 })
      .map((changes) => {
        const bytes = Uint8Array.from(valid);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 60 }), damaged),
        fc.constantFrom(...everyProcedure),
        (bytes, { decodeRequest, decodeResponse }) => {
          for (const decode of [decodeRequest, decodeResponse]) {
            try {
              decode(bytes);
            } catch (error) {
              expect(isA2AError(error)).toBe(true);
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

/** A message whose data is an object in an object and so on. */
function nestedRequest(levels: number): Uint8Array {
  let bytes: number[][] = [[0x20, 1]];
  let size = 2;
  const wrap = (tag: number) => {
    const head = [tag, ...varint(size)];
    bytes.push(head);
    size += head.length;
  };
  for (let level = 0; level < levels; level += 1) {
    for (const tag of [0x12, 0x0a, 0x2a]) wrap(tag);
  }
  for (const tag of [0x22, 0x2a, 0x12]) wrap(tag);
  bytes = bytes.reverse();
  return Uint8Array.from(bytes.flat());
}

function varint(value: number): number[] {
  return value < 128
    ? [value]
    : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
