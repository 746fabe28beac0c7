import { type WireBinding } from './a2a-http.js';

/** How an error looks on each binding (A2A §5.4, §9.5, §11.6). */
interface ErrorRow {
  readonly rpc: number;
  /** HTTP status of the JSON-RPC response. */
  readonly rpcStatus: number;
  /** HTTP status on HTTP+JSON. */
  readonly status: number;
  readonly word: string;
  /** Whether the name of the row is the reason in the details. */
  readonly hasReason: boolean;
}

const row = (
  rpc: number,
  status: number,
  word: string,
  { rpcStatus = 200, hasReason = false } = {},
): ErrorRow => ({ rpc, rpcStatus, status, word, hasReason });

const a2a = (rpc: number, status: number, word: string) =>
  row(rpc, status, word, { hasReason: true });

/** Written down from the specification, not taken from the product. */
const ERRORS = {
  TASK_NOT_FOUND: a2a(-32001, 404, 'NOT_FOUND'),
  TASK_NOT_CANCELABLE: a2a(-32002, 400, 'FAILED_PRECONDITION'),
  PUSH_NOTIFICATION_NOT_SUPPORTED: a2a(-32003, 400, 'FAILED_PRECONDITION'),
  UNSUPPORTED_OPERATION: a2a(-32004, 400, 'FAILED_PRECONDITION'),
  CONTENT_TYPE_NOT_SUPPORTED: a2a(-32005, 400, 'INVALID_ARGUMENT'),
  EXTENDED_AGENT_CARD_NOT_CONFIGURED: a2a(-32007, 400, 'FAILED_PRECONDITION'),
  EXTENSION_SUPPORT_REQUIRED: a2a(-32008, 400, 'FAILED_PRECONDITION'),
  VERSION_NOT_SUPPORTED: a2a(-32009, 400, 'FAILED_PRECONDITION'),
  PARSE_ERROR: row(-32700, 400, 'INVALID_ARGUMENT'),
  INVALID_REQUEST: row(-32600, 400, 'INVALID_ARGUMENT'),
  METHOD_NOT_FOUND: row(-32601, 404, 'UNIMPLEMENTED'),
  INVALID_PARAMS: row(-32602, 400, 'INVALID_ARGUMENT'),
  INTERNAL: row(-32603, 500, 'INTERNAL'),
  UNAUTHENTICATED: row(-32600, 401, 'UNAUTHENTICATED', { rpcStatus: 401 }),
  FORBIDDEN: row(-32600, 403, 'PERMISSION_DENIED', { rpcStatus: 403 }),
  BODY_TOO_LARGE: row(-32600, 413, 'INVALID_ARGUMENT', { rpcStatus: 413 }),
  RATE_LIMITED: row(-32603, 429, 'RESOURCE_EXHAUSTED', { rpcStatus: 429 }),
  UNAVAILABLE: row(-32603, 503, 'UNAVAILABLE', { rpcStatus: 503 }),
} as const satisfies Record<string, ErrorRow>;

/** The name of an error. */
export type Refused = keyof typeof ERRORS;

/** What a refusal says besides its code. */
export interface RefusalFacts {
  /** Paths of the violations, in their order. @default none */
  readonly fields?: readonly string[];
  /** Facts of the ErrorInfo that must be there. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** On JSON-RPC. @default 7, as the test client says */
  readonly id?: string | number | null;
}

interface Detail {
  readonly '@type'?: string;
  readonly reason?: string;
  readonly domain?: string;
  readonly metadata?: Record<string, unknown>;
  readonly fieldViolations?: { field: string; description: string }[];
}

interface ErrorBody {
  readonly jsonrpc?: string;
  readonly id?: unknown;
  readonly error?: {
    readonly code: number;
    readonly status?: string;
    readonly message?: string;
    readonly data?: Detail[];
    readonly details?: Detail[];
  };
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Asserts that an answer is this error and nothing else, in the exact form of the binding. */
export function expectRefusal(
  { name }: Pick<WireBinding, 'name'>,
  { status, headers, body }: Answered,
  refused: Refused,
  { fields = [], metadata = {}, id = 7 }: RefusalFacts = {},
): void {
  const expected = ERRORS[refused];
  const { error, ...envelope } = body as ErrorBody;
  const isRpc = name === 'JSONRPC';
  const details = (isRpc ? error?.data : error?.details) ?? [];
  const word = isRpc ? undefined : expected.word;
  expect({
    status,
    code: error?.code,
    word: error?.status,
    ...factsOf(details),
  }).toEqual({
    status: isRpc ? expected.rpcStatus : expected.status,
    code: isRpc ? expected.rpc : expected.status,
    word,
    reason: expected.hasReason ? refused : undefined,
    fields,
  });
  expect(envelope).toEqual(isRpc ? { jsonrpc: '2.0', id } : {});
  expect(error?.message).toMatch(/\w/);
  expect(mediaTypeOf(headers)).toBe(
    isRpc ? 'application/json' : 'application/a2a+json',
  );
  expect(infoOf(details)?.metadata ?? {}).toMatchObject(metadata);
}

function factsOf(details: readonly Detail[]) {
  const info = infoOf(details);
  const badRequest = details.find(({ '@type': type }) =>
    type?.endsWith('google.rpc.BadRequest'),
  );
  if (info) {
    expect(info.domain).toBe('a2a-protocol.org');
    Object.values(info.metadata ?? {}).forEach((value) =>
      expect(typeof value).toBe('string'),
    );
  }
  const violations = badRequest?.fieldViolations ?? [];
  violations.forEach(({ description }) => expect(description).toMatch(/\w/));
  return {
    reason: info?.reason,
    fields: violations.map(({ field }) => field),
  };
}

function infoOf(details: readonly Detail[]): Detail | undefined {
  return details.find(({ '@type': type }) =>
    type?.endsWith('google.rpc.ErrorInfo'),
  );
}

function mediaTypeOf(headers: Headers): string | undefined {
  return headers.get('content-type')?.split(';')[0];
}
