import {
  context,
  metrics,
  propagation,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { until } from './until.js';

/** The latest value of a metric for some attributes. */
export interface MeasuredValue {
  readonly attributes: Record<string, unknown>;
  /** A number, or the count of a histogram. */
  readonly value: number;
}

interface AnyDataPoint {
  readonly attributes: Record<string, unknown>;
  readonly value: number | { readonly count: number };
}

/** An SDK of OpenTelemetry as applications register it, whose spans and metrics stay here. */
export class TelemetryLab {
  private readonly exporter = new InMemorySpanExporter();
  private readonly numbers = new InMemoryMetricExporter(
    AggregationTemporality.CUMULATIVE,
  );
  readonly tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(this.exporter)],
  });
  readonly meterProvider = new MeterProvider({
    readers: [
      new PeriodicExportingMetricReader({
        exporter: this.numbers,
        // It is asked, and does not come by itself.
        exportIntervalMillis: 3_600_000,
      }),
    ],
  });

  /** Registers the SDK with the API. */
  static register(): TelemetryLab {
    const lab = new TelemetryLab();
    trace.setGlobalTracerProvider(lab.tracerProvider);
    metrics.setGlobalMeterProvider(lab.meterProvider);
    const manager = new AsyncLocalStorageContextManager();
    context.setGlobalContextManager(manager.enable());
    propagation.setGlobalPropagator(
      new CompositePropagator({
        propagators: [
          new W3CTraceContextPropagator(),
          new W3CBaggagePropagator(),
        ],
      }),
    );
    return lab;
  }

  /** Takes it away again. */
  async close(): Promise<void> {
    [trace, metrics, context, propagation].forEach((api) => api.disable());
    await this.tracerProvider.shutdown();
    await this.meterProvider.shutdown();
  }

  /** Spans that have ended. */
  get spans(): readonly ReadableSpan[] {
    return this.exporter.getFinishedSpans();
  }

  forget(): void {
    this.exporter.reset();
  }

  /** Resolves with the spans of a name when there are so many. */
  async named(name: string, count = 1): Promise<ReadableSpan[]> {
    const found = () => this.spans.filter((span) => span.name === name);
    await until(() => found().length >= count, `the spans ${name}`);
    return found();
  }

  /** Resolves with the one span of a name. */
  async one(name: string): Promise<ReadableSpan> {
    const [first, ...others] = await this.named(name);
    if (!first || others.length > 0) throw new Error(`Several ${name}`);
    return first;
  }

  /** The values of a metric now, by its name. */
  async measured(name: string): Promise<MeasuredValue[]> {
    this.numbers.reset();
    await this.meterProvider.forceFlush();
    return this.numbers
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap((scope) => scope.metrics)
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }): AnyDataPoint[] => dataPoints)
      .map(({ attributes, value }) => ({
        attributes,
        value: typeof value === 'object' ? value.count : value,
      }));
  }

  /** Names of all metrics that something was measured of. */
  async metricNames(): Promise<string[]> {
    this.numbers.reset();
    await this.meterProvider.forceFlush();
    const names = this.numbers
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap((scope) => scope.metrics)
      .filter(({ dataPoints }) => dataPoints.length > 0)
      .map(({ descriptor }) => descriptor.name);
    return [...new Set(names)].sort();
  }
}

/** The span of a W3C trace context. */
export function traceparentOf(span: ReadableSpan): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-0${traceFlags}`;
}

/** What of a span says where it belongs. */
export function placeOf(span: ReadableSpan) {
  return {
    trace: span.spanContext().traceId,
    parent: span.parentSpanContext?.spanId,
  };
}

export function hasFailed({ status }: ReadableSpan): boolean {
  return status.code === SpanStatusCode.ERROR;
}
