import { status } from '@grpc/grpc-js';
import { type Operation } from '@nest-a2a/protocol';
import { GRPC_SERVICES } from '@nest-a2a/protocol/grpc';
import { V03_PROTO_JSON } from '@nest-a2a/protocol/v0.3';
import fc from 'fast-check';
import { sendParams } from '../support/a2a-http.js';
import { goodCalls, PATIENCE_MS, RUNS, SEED } from '../support/fuzz.js';
import {
  GRPC_AGENT,
  grpcAddress,
  GrpcCallError,
  GrpcClient,
} from '../support/grpc-client.js';
import { mutated } from '../support/mutations.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';

/** A server that is not there, does not answer, or has failed. */
const FAILURES: readonly number[] = [
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  status.INTERNAL,
  status.UNAVAILABLE,
  status.DATA_LOSS,
];

const METADATA: readonly Record<string, string>[] = [
  {},
  {},
  { 'a2a-version': '' },
  { 'a2a-version': '9.9' },
  { 'a2a-version': ','.repeat(500) },
  { 'a2a-extensions': `${'a,'.repeat(500)}__proto__` },
  { 'last-event-id': '-1' },
  { 'last-event-id': '99999999999999999999' },
  { traceparent: 'x'.repeat(1_000) },
];

/** Bytes of a message of which some were cut, replaced or turned. */
function garbledBytes(good: Uint8Array): fc.Arbitrary<Buffer> {
  return fc
    .array(
      fc.record({
        from: fc.nat(good.length),
        cut: fc.nat(3),
        noise: fc.uint8Array({ maxLength: 4 }),
      }),
      { maxLength: 3 },
    )
    .map((changes) =>
      changes.reduce<Buffer>(
        (bytes, { from, cut, noise }) =>
          Buffer.concat([
            bytes.subarray(0, from),
            noise,
            bytes.subarray(from + cut),
          ]),
        Buffer.from(good),
      ),
    );
}

describe.each(['1.0', '0.3'] as const)(
  'hostile calls to gRPC %s',
  (version) => {
    let agent: TestAgent;
    let client: GrpcClient;
    const { procedures } = GRPC_SERVICES[version];

    beforeAll(async () => {
      agent = await startAgent({ options: { ...GRPC_AGENT, push: {} } });
      agent.worker.on('ask', (context) => context.requestInput('?'));
      client = new GrpcClient(grpcAddress(agent), { version });
    });

    afterAll(async () => {
      client.close();
      await agent.close();
    });

    const formOf = (operation: Operation, request: object) =>
      version === '1.0'
        ? request
        : (V03_PROTO_JSON.writeRequest(operation, request) as object);
    const send = async (text: string): Promise<string> => {
      const request = formOf('SendMessage', sendParams(text));
      const { body } = await client.call('SendMessage', request);
      return body.task.id;
    };

    it(
      'are all answered, and none by a failure of the server',
      async () => {
        const calls = goodCalls(await send('hi'), await send('ask'));
        const good = calls.flatMap(([operation, request]) => {
          const procedure = procedures.find(
            (one) => one.operation === operation,
          );
          return procedure
            ? [{ request: formOf(operation, request), procedure }]
            : [];
        });
        const call = fc.constantFrom(...good).chain(({ request, procedure }) =>
          fc.record({
            procedure: fc.constant(procedure),
            metadata: fc.constantFrom(...METADATA),
            bytes: fc.oneof(
              garbledBytes(procedure.encodeRequest(request)),
              mutated(request).map((value) => encoded(procedure, value)),
              fc
                .uint8Array({ maxLength: 50 })
                .map((bytes) => Buffer.from(bytes)),
            ),
          }),
        );
        const codes = new Set<number>();
        const isAnswered = fc.asyncProperty(
          call,
          async ({ procedure, metadata, bytes }) => {
            const { operation, isStreaming } = procedure;
            const options = { metadata, bytes, deadlineMs: 15_000 };
            const code = await codeOf(async () => {
              if (!isStreaming) return client.call(operation, {}, options);
              const messages = client.open(operation, {}, options);
              while (!(await messages.next()).done);
            });
            codes.add(code);
            return !FAILURES.includes(code);
          },
        );
        await fc.assert(isAnswered, { numRuns: RUNS, seed: SEED });
        expect([...codes]).toEqual(
          expect.arrayContaining([
            status.OK,
            status.INVALID_ARGUMENT,
            status.NOT_FOUND,
          ]),
        );
        expect(await send('hi')).toMatch(/\S/);
      },
      PATIENCE_MS,
    );
  },
);

/** A request as far as the message can hold it; what it cannot is nothing. */
function encoded(
  { encodeRequest }: { encodeRequest: (message: object) => Uint8Array },
  value: unknown,
): Buffer {
  try {
    return Buffer.from(encodeRequest(value as object));
  } catch {
    return Buffer.alloc(0);
  }
}

async function codeOf(call: () => Promise<unknown>): Promise<number> {
  try {
    await call();
    return status.OK;
  } catch (error) {
    if (error instanceof GrpcCallError) return error.status.code;
    throw error;
  }
}
