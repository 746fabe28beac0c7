import { type Tracer } from '@opentelemetry/api';
import { type InstrumentSet } from './instruments.js';

/** What spans and metrics are made with. Asked for each time: the SDK may be registered later. */
export interface TelemetryParts {
  readonly tracer: () => Tracer;
  readonly instruments: () => InstrumentSet;
  readonly callers: 'parent' | 'link';
  readonly storeSpans: boolean;
  readonly webhookOrigins: boolean;
}
