import {
  context,
  type MeterProvider,
  trace,
  type TracerProvider,
} from '@opentelemetry/api';
import { type Telemetry } from '../instrumentation/telemetry.js';
import { DeliverySpans } from './delivery-spans.js';
import { Instruments } from './instruments.js';
import { measureWebhooks } from './measured-webhooks.js';
import { observedStore } from './observed-store.js';
import { OperationSpans } from './operation-spans.js';
import { shortStateOf } from './short-state.js';
import { A2A_ATTRIBUTES } from './telemetry-names.js';
import { type TelemetryParts } from './telemetry-parts.js';
import { traceparentOf } from './trace-context.js';
import { TurnSpans } from './turn-spans.js';

/** Options of {@link openTelemetry}. */
export interface OpenTelemetryOptions {
  /** Where spans come from. @default the one that is registered with `@opentelemetry/api` */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Where metrics go. @default the one that is registered with `@opentelemetry/api` */
  readonly meterProvider?: MeterProvider | undefined;
  /**
   * What the trace context of a caller is: the parent of the operation, or only
   * linked. With `link` strangers decide neither which trace they are in nor whether
   * it is kept. Counts where no instrumentation of HTTP has decided before.
   *
   * @default 'parent'
   */
  readonly callers?: 'parent' | 'link' | undefined;
  /** Whether calls of the store have spans, within those of operations, turns and deliveries. @default true */
  readonly storeSpans?: boolean | undefined;
  /** Whether spans name the host of a webhook; with some services it is all that a sender has to know. @default false */
  readonly webhookOrigins?: boolean | undefined;
  /** Whether what waits for webhooks is counted each time that metrics are collected, which looks at all of it. @default true */
  readonly webhookBacklog?: boolean | undefined;
}

/**
 * The value of the option `telemetry`: spans and metrics of what the runtime
 * does, as OpenTelemetry knows them. Without an SDK nothing happens.
 */
export function openTelemetry({
  tracerProvider,
  meterProvider,
  callers = 'parent',
  storeSpans = true,
  webhookOrigins = false,
  webhookBacklog = true,
}: OpenTelemetryOptions = {}): Telemetry {
  const instruments = new Instruments(meterProvider);
  const parts: TelemetryParts = {
    tracer: () => (tracerProvider ?? trace).getTracer('@nest-a2a/server'),
    instruments: () => instruments.get(),
    callers,
    storeSpans,
    webhookOrigins,
  };
  const operations = new OperationSpans(parts);
  const turns = new TurnSpans(parts);
  const deliveries = new DeliverySpans(parts);
  return {
    traceparent: () => traceparentOf(context.active()),
    operation: (facts, run) => operations.observe(facts, run),
    turn: (facts, run) => turns.observe(facts, run),
    delivery: (facts, run) => deliveries.observe(facts, run),
    taskState: (state) => {
      const measured = { [A2A_ATTRIBUTES.taskState]: shortStateOf(state) };
      instruments.get().taskTransitions.add(1, measured);
    },
    store: (store, name) => observedStore(store, name, parts),
    measure: ({ webhooks }) =>
      webhooks && webhookBacklog
        ? measureWebhooks(webhooks, instruments.get())
        : () => undefined,
  };
}
