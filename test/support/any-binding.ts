import { type Operation } from '@nest-a2a/protocol';
import { GRPC_METADATA } from '@nest-a2a/protocol/grpc';
import { httpJson, jsonRpc, VERSION, type WireBinding } from './a2a-http.js';
import { grpcAddress, GrpcCallError, GrpcClient } from './grpc-client.js';
import { type TestAgent } from './test-agent.js';

/** An answer, the same whatever the binding. */
export interface Answer {
  /** `OK`, or the code that the error has on gRPC: 16 for UNAUTHENTICATED, 7 for PERMISSION_DENIED, … */
  readonly status: 'OK' | number;
  readonly message: string;
  /** What `WWW-Authenticate` says, as a header or a trailer. */
  readonly challenge: string | undefined;
  readonly retryAfter: string | undefined;
  readonly body: any;
}

/** Calls an agent over one binding. Headers are metadata on gRPC. */
export interface AnyBinding {
  readonly name: string;
  call(
    agent: TestAgent,
    operation: Operation,
    params?: object,
    headers?: Record<string, string>,
  ): Promise<Answer>;
}

/** The codes of gRPC for what answers over HTTP have as their status. */
const CODES: Record<number, number> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  429: 8,
  500: 13,
  503: 14,
};

/** Errors of A2A that JSON-RPC answers with status 200. */
const RPC_CODES: Record<number, number> = {
  [-32001]: 5,
  [-32602]: 3,
  [-32603]: 13,
};

function overHttp(binding: WireBinding): AnyBinding {
  return {
    name: binding.name,
    async call({ url }, operation, params = {}, headers = {}) {
      const init = { headers: { ...VERSION, ...headers } };
      const response = await binding.open(url, operation, params, init);
      const text = await response.text();
      const isStream = text.startsWith('id:');
      const body = text === '' || isStream ? text : JSON.parse(text);
      const { error } = body;
      const code =
        CODES[response.status] ?? RPC_CODES[error?.code] ?? error?.code;
      return {
        status: error === undefined ? 'OK' : code,
        message: error?.message ?? '',
        challenge: response.headers.get('www-authenticate') ?? undefined,
        retryAfter: response.headers.get('retry-after') ?? undefined,
        body: isStream ? body : (binding.result({ body } as any) ?? body),
      };
    },
  };
}

const overGrpc: AnyBinding = {
  name: 'GRPC',
  async call(agent, operation, params = {}, headers = {}) {
    const client = new GrpcClient(grpcAddress(agent));
    const metadata = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name.toLowerCase(),
        value,
      ]),
    );
    const text = (values: unknown[]) => values[0]?.toString();
    try {
      if (operation === 'SendStreamingMessage') {
        const events = [];
        for await (const event of client.open(operation, params, { metadata }))
          events.push(event);
        return { ...DONE, body: events };
      }
      const { body } = await client.call(operation, params, { metadata });
      return { ...DONE, body };
    } catch (error) {
      if (!(error instanceof GrpcCallError)) throw error;
      const { code, details, metadata: trailers } = error.status;
      return {
        status: code,
        message: details,
        challenge: text(trailers.get(GRPC_METADATA.challenge)),
        retryAfter: text(trailers.get(GRPC_METADATA.retryAfter)),
        body: undefined,
      };
    } finally {
      client.close();
    }
  },
};

const DONE = {
  status: 'OK' as const,
  message: '',
  challenge: undefined,
  retryAfter: undefined,
};

/** All three. The agent must have the options of `GRPC_AGENT`. */
export const ALL_BINDINGS: readonly AnyBinding[] = [
  overHttp(jsonRpc),
  overHttp(httpJson),
  overGrpc,
];
