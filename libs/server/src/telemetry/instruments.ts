import {
  type Counter,
  type Histogram,
  type Meter,
  type MeterProvider,
  metrics,
  type ObservableGauge,
  type UpDownCounter,
} from '@opentelemetry/api';
import { A2A_METRICS } from './telemetry-names.js';

/** Bounds of histograms of times, seconds: of the store, and of calls. */
const FAST = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
  10,
];
/** Bounds for what may take long: a turn, a wait. */
const SLOW = [
  0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 14_400,
  86_400,
];

/** What the numbers go into. */
export interface InstrumentSet {
  readonly meter: Meter;
  readonly operationDuration: Histogram;
  readonly activeStreams: UpDownCounter;
  readonly taskTransitions: Counter;
  readonly activeTurns: UpDownCounter;
  readonly turnDuration: Histogram;
  readonly turnWait: Histogram;
  readonly webhookDuration: Histogram;
  readonly webhookLag: Histogram;
  readonly webhooksWaiting: ObservableGauge;
  readonly webhookOldestAge: ObservableGauge;
  readonly storeDuration: Histogram;
}

/** The instruments of the provider that is registered, which may be later than we are. */
export class Instruments {
  #provider: MeterProvider | undefined;
  #set: InstrumentSet | undefined;

  constructor(private readonly given: MeterProvider | undefined) {}

  get(): InstrumentSet {
    const provider = this.given ?? metrics.getMeterProvider();
    if (!this.#set || this.#provider !== provider) {
      this.#provider = provider;
      this.#set = createInstruments(provider.getMeter('@nest-a2a/server'));
    }
    return this.#set;
  }
}

function createInstruments(meter: Meter): InstrumentSet {
  const seconds = (
    name: keyof typeof A2A_METRICS,
    description: string,
    explicitBucketBoundaries: number[],
  ) =>
    meter.createHistogram(A2A_METRICS[name], {
      description,
      unit: 's',
      advice: { explicitBucketBoundaries },
    });
  return {
    meter,
    operationDuration: seconds(
      'operationDuration',
      'Operations of A2A until their answer is out',
      FAST,
    ),
    turnDuration: seconds('turnDuration', 'Runs of turns', SLOW),
    turnWait: seconds(
      'turnWait',
      'From the commit of a message to the first run of its turn',
      SLOW,
    ),
    webhookDuration: seconds(
      'webhookDuration',
      'Attempts to deliver to webhooks',
      FAST,
    ),
    webhookLag: seconds(
      'webhookLag',
      'From the commit of an event to its delivery',
      SLOW,
    ),
    storeDuration: seconds('storeDuration', 'Calls of the store', FAST),
    ...createCounters(meter),
  };
}

function createCounters(meter: Meter) {
  return {
    activeStreams: meter.createUpDownCounter(A2A_METRICS.activeStreams, {
      description: 'Streams that are open',
      unit: '{stream}',
    }),
    taskTransitions: meter.createCounter(A2A_METRICS.taskTransitions, {
      description: 'States that tasks have come to',
      unit: '{task}',
    }),
    activeTurns: meter.createUpDownCounter(A2A_METRICS.activeTurns, {
      description: 'Turns that run in this process',
      unit: '{turn}',
    }),
    webhooksWaiting: meter.createObservableGauge(A2A_METRICS.webhooksWaiting, {
      description: 'Webhooks that have something to deliver, in all instances',
      unit: '{webhook}',
    }),
    webhookOldestAge: meter.createObservableGauge(
      A2A_METRICS.webhookOldestAge,
      {
        description: 'Age of the oldest event that a webhook waits for',
        unit: 's',
      },
    ),
  };
}
