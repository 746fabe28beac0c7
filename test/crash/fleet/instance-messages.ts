import { type BreakerPolicy } from '@nest-a2a/store';
import { type Failpoint, type WakeFaultOptions } from '@nest-a2a/testing';

/** What a process of the laboratory is started with, as JSON in the variable `LAB_INSTANCE`. */
export interface InstanceSettings {
  readonly name: string;
  readonly runtime: RuntimeSettings;
  /** Where clients reach all instances: the proxy. */
  readonly publicUrl: string;
  readonly grpcAddress: string;
  /** Port of the webhook receivers, the only one that may be called. */
  readonly receiverPort: number;
  readonly encryptionKey: string;
  readonly timing: Timing;
  /** What is broken in the code on purpose, to see whether the laboratory finds it. */
  readonly mutant?: string;
}

/** Which store, in a form that can be sent to a process. */
export type RuntimeSettings =
  | {
      readonly kind: 'postgres';
      readonly url: string;
      readonly schema: string;
      /** How instances tell each other; a URL is that of Redis. */
      readonly wake: 'notify' | { readonly redisUrl: string };
    }
  | { readonly kind: 'sqlite'; readonly file: string };

/** The table of the application in the database of the runtime, by its full name. */
export function bookingTable({
  schema,
}: Extract<RuntimeSettings, { kind: 'postgres' }>): string {
  return `"${schema}_host".booking`;
}

/** Leases and limits, short, so that a lot happens in a minute. Milliseconds. */
export interface Timing {
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  /** A stream without events says so often that it lives. */
  readonly streamHeartbeatMs: number;
  readonly cancelGraceMs: number;
  readonly drainMs: number;
  readonly pushDeadlineMs: number;
  readonly pushScheduleMs: readonly number[];
  readonly pushBreaker: BreakerPolicy;
  readonly maxAttempts: number;
}

/** From the laboratory to a process. */
export type Command =
  | { readonly do: 'arm'; readonly failpoint: Failpoint; readonly call: number }
  | { readonly do: 'disarm'; readonly id: string }
  | { readonly do: 'count'; readonly call: number }
  | { readonly do: 'block'; readonly durationMs: number }
  | { readonly do: 'disturbWakeUps'; readonly fault: WakeFaultOptions };

/**
 * From a process to the laboratory, one JSON line each on its standard output.
 * Written at once: the process may be gone in the next moment.
 */
export type Notice =
  | { readonly say: 'ready'; readonly port: number; readonly grpcPort: number }
  | { readonly say: 'fired'; readonly failpoint: Failpoint }
  | { readonly say: 'blocked'; readonly durationMs: number }
  | { readonly say: 'wakeFault'; readonly fault: WakeFaultOptions }
  | {
      readonly say: 'run';
      readonly taskId: string;
      readonly contextId: string;
      readonly run: string;
      readonly attempt: number;
    }
  | { readonly say: 'armed'; readonly call: number }
  | {
      readonly say: 'counted';
      readonly call: number;
      readonly counts: Readonly<Record<string, number>>;
    };
