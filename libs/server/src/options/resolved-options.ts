import { type Runtime } from '@nest-a2a/store';
import { type Telemetry } from '../instrumentation/telemetry.js';
import { type WebhookSigning } from './resolve-signing.js';
import {
  type BreakerOptions,
  type LimitOptions,
  type PrincipalResolver,
  type ProcessRole,
  type PushOptions,
  type RetentionOptions,
  type SseOptions,
  type TurnOptions,
} from './a2a-module-options.js';

/** The options of webhooks, with every default, and with the keys that sign ready to do so. */
export interface ResolvedPush extends Omit<PushOptions, 'signing'> {
  readonly signing: WebhookSigning | false;
  readonly breaker: BreakerOptions | false;
}

/** The options of the application, checked and with every default. */
export interface ResolvedOptions {
  readonly runtime: Runtime;
  readonly roles: readonly ProcessRole[];
  readonly publicUrl?: string;
  readonly trustProxy: boolean;
  readonly maxBodyBytes: number;
  readonly limits: LimitOptions;
  readonly turn: TurnOptions;
  readonly cancelGraceMs: number;
  readonly drainMs: number;
  readonly blockingTimeoutMs?: number;
  readonly sse: SseOptions;
  readonly idempotency: 'on' | 'off' | 'strict';
  readonly retention: RetentionOptions;
  readonly push: ResolvedPush;
  readonly principal: PrincipalResolver;
  readonly auditLog: boolean;
  readonly telemetry: Telemetry;
}

/** Token of the {@link ResolvedOptions}. */
export const RESOLVED_OPTIONS = Symbol.for('@nest-a2a/server:RESOLVED_OPTIONS');
