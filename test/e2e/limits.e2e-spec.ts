import { DEFAULT_OPTIONS } from '@nest-a2a/server';
import {
  BINDINGS,
  sendParams,
  VERSION,
  type WireAnswer,
  type WireBinding,
} from '../support/a2a-http.js';
import { sendRaw } from '../support/raw-http.js';
import { expectRefusal } from '../support/refusals.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

const MAX_BODY_BYTES = 10_000;
const LIMITS = { parts: 3, jsonDepth: 5, metadataBytes: 100, idLength: 40 };

/** JSON of this depth. */
const nested = (depth: number): unknown =>
  Array.from({ length: depth }).reduce((inner) => [inner], 'x');

/** Metadata of so many bytes as JSON. */
const metadataOf = (bytes: number) => ({ a: 'x'.repeat(bytes - 8) });

/** What a message may just have, what it may not, and the field that is named then. */
const EDGES: [what: string, allowed: object, refused: object, field: string][] =
  [
    [
      'parts',
      { parts: Array(3).fill({ text: 'x' }) },
      { parts: Array(4).fill({ text: 'x' }) },
      'message.parts',
    ],
    [
      'jsonDepth',
      { parts: [{ data: nested(5) }] },
      { parts: [{ data: nested(6) }] },
      'message.parts[0].data',
    ],
    [
      'metadataBytes',
      { metadata: metadataOf(100) },
      { metadata: metadataOf(101) },
      'message.metadata',
    ],
    [
      'idLength',
      { messageId: 'x'.repeat(40) },
      { messageId: 'x'.repeat(41) },
      'message.messageId',
    ],
  ];

it('the limits of the options are those of the documentation', () => {
  expect(DEFAULT_OPTIONS.limits).toEqual({
    parts: 1_000,
    jsonDepth: 100,
    metadataBytes: 64 * 1_024,
    idLength: 512,
    artifactBytes: 100 * 1_048_576,
    pageSize: 50,
    pushConfigsPerTask: 10,
  });
  expect(DEFAULT_OPTIONS.maxBodyBytes).toBe(10 * 1_048_576);
});

describe.each(PLATFORMS)('the limits of the host on %s', (platform) => {
  let agent: TestAgent;

  beforeAll(async () => {
    const options = { maxBodyBytes: MAX_BODY_BYTES, limits: LIMITS };
    agent = await startAgent({ platform, options });
  });

  afterAll(() => agent.close());

  describe.each(BINDINGS)('over $name', (binding) => {
    const send = (message: object) => {
      const params = sendParams('hi', { message });
      return binding.call(agent.url, 'SendMessage', params);
    };

    it.each(EDGES)(
      'are those for %s',
      async (_what, allowed, refused, field) => {
        const { task } = binding.result(await send(allowed));
        expect(task.status.state).toBe('TASK_STATE_COMPLETED');
        const answer = await send(refused);
        expectRefusal(binding, answer, 'INVALID_PARAMS', { fields: [field] });
      },
    );

    it.each([
      ['with a length', (body: string) => body],
      ['in chunks', (body: string) => [Buffer.from(body)]],
    ])('are those for a body %s', async (_how, framed) => {
      const post = (bytes: number) =>
        postPadded(agent.url, binding, { bytes, framed });
      const { task } = binding.result(await post(MAX_BODY_BYTES));
      expect(task.status.state).toBe('TASK_STATE_COMPLETED');
      const answer = await post(MAX_BODY_BYTES + 1);
      expectRefusal(binding, answer, 'BODY_TOO_LARGE', { id: null });
    });
  });
});

/** Sends "hi" in a body of exactly so many bytes. */
async function postPadded(
  url: string,
  { name }: WireBinding,
  {
    bytes,
    framed,
  }: { bytes: number; framed: (body: string) => string | Buffer[] },
): Promise<WireAnswer> {
  const params = sendParams('hi');
  const isRpc = name === 'JSONRPC';
  const request = { jsonrpc: '2.0', id: 7, method: 'SendMessage', params };
  const body = JSON.stringify(isRpc ? request : params).padEnd(bytes, ' ');
  expect(Buffer.byteLength(body)).toBe(bytes);
  const { status, headers, text } = await sendRaw(url, {
    path: isRpc ? '/' : '/message:send',
    headers: { 'Content-Type': 'application/json', ...VERSION },
    body: framed(body),
  });
  return {
    status,
    headers: new Headers(headers as Record<string, string>),
    body: JSON.parse(text),
  };
}
