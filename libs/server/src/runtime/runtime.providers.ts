import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type Clock, type OpenRuntime, systemClock } from '@nest-a2a/store';
import { type Provider } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import {
  A2A_CLOCK,
  INSTANCE_NAME,
  OPEN_RUNTIME,
  TASK_STORE,
  WAKE_BUS,
} from './runtime.tokens.js';

/** The store, the wake-up and the clock that everything else works with. */
export const RUNTIME_PROVIDERS: Provider[] = [
  { provide: A2A_CLOCK, useValue: systemClock },
  {
    provide: INSTANCE_NAME,
    // A restarted process must not take its earlier life's leases for its own.
    useFactory: () =>
      `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`,
  },
  {
    provide: OPEN_RUNTIME,
    useFactory: (options: ResolvedOptions, clock: Clock) =>
      openRuntime(options, clock),
    inject: [RESOLVED_OPTIONS, A2A_CLOCK],
  },
  {
    provide: TASK_STORE,
    useFactory: ({ store }: OpenRuntime) => store,
    inject: [OPEN_RUNTIME],
  },
  {
    provide: WAKE_BUS,
    useFactory: ({ wake }: OpenRuntime) => wake,
    inject: [OPEN_RUNTIME],
  },
];

async function openRuntime(
  { runtime, telemetry }: ResolvedOptions,
  clock: Clock,
): Promise<OpenRuntime> {
  const opened = await runtime.open({ clock });
  const { wake } = opened;
  const store = telemetry.store(opened.store, runtime.name);
  return { store, wake, close: () => opened.close() };
}
