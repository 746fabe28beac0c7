import { DEFAULT_VALIDATION_LIMITS } from '@nest-a2a/protocol';
import {
  type BreakerOptions,
  type LimitOptions,
  type PushOptions,
  type RetentionOptions,
  type SseOptions,
  type TurnOptions,
} from './a2a-module-options.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MEBIBYTE = 1_048_576;

/** How webhooks are signed, where the application says nothing else. */
export const DEFAULT_SIGNING = Object.freeze({ overlapMs: DAY, jwt: false });

/** Every default, once. */
export const DEFAULT_OPTIONS = Object.freeze({
  agent: 'default',
  path: '',
  bindings: Object.freeze(['JSONRPC', 'HTTP+JSON'] as const),
  versions: Object.freeze(['1.0', '0.3'] as const),
  tenants: false,
  grpc: Object.freeze({
    port: 50_051,
    host: '0.0.0.0',
    health: true,
    reflection: false,
    lenient: false,
  }),
  roles: Object.freeze(['api', 'worker', 'push'] as const),
  inputModes: Object.freeze(['text/plain', 'application/json']),
  outputModes: Object.freeze(['text/plain', 'application/json']),
  maxBodyBytes: 10 * MEBIBYTE,
  limits: Object.freeze<LimitOptions>({
    ...DEFAULT_VALIDATION_LIMITS,
    artifactBytes: 100 * MEBIBYTE,
    pageSize: 50,
    pushConfigsPerTask: 10,
  }),
  turn: Object.freeze<TurnOptions>({
    leaseMs: 15 * SECOND,
    heartbeatMs: 5 * SECOND,
    maxAttempts: 3,
    concurrency: 100,
    transactionTimeoutMs: 30 * SECOND,
  }),
  cancelGraceMs: 10 * SECOND,
  drainMs: 20 * SECOND,
  sse: Object.freeze<SseOptions>({
    heartbeatMs: 15 * SECOND,
    bufferBytes: MEBIBYTE,
    stallMs: MINUTE,
  }),
  retention: Object.freeze({
    memory: Object.freeze<RetentionOptions>({
      finishedMs: HOUR,
      maxFinished: 10_000,
    }),
    durable: Object.freeze<RetentionOptions>({
      finishedMs: 30 * DAY,
      maxFinished: Number.MAX_SAFE_INTEGER,
    }),
  }),
  push: Object.freeze<PushOptions & { readonly breaker: BreakerOptions }>({
    allowHttp: false,
    allowPrivateNetworks: false,
    allow: Object.freeze([]),
    deny: Object.freeze([]),
    requireAllowlist: false,
    tenants: Object.freeze({}),
    ports: Object.freeze([]),
    select: 'updates',
    coalesce: false,
    maxBodyBytes: 10 * MEBIBYTE,
    deadlineMs: 15 * SECOND,
    scheduleMs: Object.freeze([
      0,
      5 * SECOND,
      5 * MINUTE,
      30 * MINUTE,
      2 * HOUR,
      5 * HOUR,
      10 * HOUR,
      14 * HOUR,
      20 * HOUR,
      24 * HOUR,
    ]),
    perOrigin: 4,
    concurrency: 64,
    breaker: Object.freeze<BreakerOptions>({
      failures: 5,
      openMs: 30 * SECOND,
      maxOpenMs: 5 * MINUTE,
    }),
    maxOrigins: 1_000,
    newOriginsPerMinute: 100,
    disableAfterMs: 5 * DAY,
    redactSecrets: false,
    signing: DEFAULT_SIGNING,
  }),
});
