import {
  type Attributes,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { type DeliveryAttempt } from '@nest-a2a/store';
import {
  type DeliveryFacts,
  type TracedWork,
} from '../instrumentation/telemetry.js';
import { errorTypeOf } from './error-type.js';
import { A2A_ATTRIBUTES } from './telemetry-names.js';
import { type TelemetryParts } from './telemetry-parts.js';
import { contextOf, spanContextOf, traceparentOf } from './trace-context.js';

/** Where nothing was noted: the claim was lost, or the process ends. */
const UNNOTED = 'unnoted';

/** A span of kind CLIENT for each attempt to deliver, and its numbers. */
export class DeliverySpans {
  constructor(private readonly parts: TelemetryParts) {}

  /** @see Telemetry.delivery */
  async observe(
    facts: DeliveryFacts,
    run: TracedWork<DeliveryAttempt | undefined>,
  ): Promise<DeliveryAttempt | undefined> {
    const span = this.startSpan(facts);
    const within = trace.setSpan(contextOf(undefined), span);
    try {
      const made = await context.with(within, run, this, traceparentOf(within));
      noteAttempt(span, made);
      this.measure(facts, made);
      return made;
    } catch (error) {
      noteError(span, errorTypeOf(error));
      throw error;
    } finally {
      span.end();
    }
  }

  /** What is sent once more may be long after its trace: it has one of its own, and names the other. */
  private startSpan(facts: DeliveryFacts): Span {
    const origin = spanContextOf(facts.traceparent);
    const attributes = this.attributesOf(facts);
    const links = facts.isRedelivery && origin ? [{ context: origin }] : [];
    const parent = contextOf(facts.isRedelivery ? undefined : origin);
    const options = { kind: SpanKind.CLIENT, attributes, links };
    const name = `webhook ${facts.agent}`;
    return this.parts.tracer().startSpan(name, options, parent);
  }

  private measure(
    { agent, committedAt, isRedelivery }: DeliveryFacts,
    made: DeliveryAttempt | undefined,
  ): void {
    if (!made) {
      return;
    }
    const { webhookDuration, webhookLag } = this.parts.instruments();
    const measured = { [A2A_ATTRIBUTES.agentName]: agent };
    const { outcome, durationMs, at } = made;
    webhookDuration.record(durationMs / 1_000, {
      ...measured,
      [A2A_ATTRIBUTES.webhookOutcome]: outcome,
    });
    if (outcome === 'delivered' && !isRedelivery) {
      const lagMs = Math.max(0, at + durationMs - committedAt);
      webhookLag.record(lagMs / 1_000, measured);
    }
  }

  private attributesOf(facts: DeliveryFacts): Attributes {
    return {
      [A2A_ATTRIBUTES.agentName]: facts.agent,
      [A2A_ATTRIBUTES.taskId]: facts.taskId,
      [A2A_ATTRIBUTES.webhookId]: facts.configId,
      [A2A_ATTRIBUTES.eventSequence]: facts.seq,
      [A2A_ATTRIBUTES.attempt]: facts.attempt,
      [A2A_ATTRIBUTES.isRedelivery]: facts.isRedelivery,
      [A2A_ATTRIBUTES.httpMethod]: 'POST',
      ...(this.parts.webhookOrigins && originOf(facts.url)),
    };
  }
}

function originOf(url: string): Attributes {
  if (!URL.canParse(url)) {
    return {};
  }
  const { protocol, hostname, port } = new URL(url);
  return {
    [A2A_ATTRIBUTES.urlScheme]: protocol.slice(0, -1),
    [A2A_ATTRIBUTES.serverAddress]: hostname.replace(/^\[|\]$/g, ''),
    [A2A_ATTRIBUTES.serverPort]:
      Number(port) || (protocol === 'http:' ? 80 : 443),
  };
}

function noteAttempt(span: Span, made: DeliveryAttempt | undefined): void {
  const { outcome = UNNOTED, status, error } = made ?? {};
  span.setAttribute(A2A_ATTRIBUTES.webhookOutcome, outcome);
  if (status !== undefined) {
    span.setAttribute(A2A_ATTRIBUTES.httpStatus, status);
  }
  if (outcome === 'failed' || outcome === 'dead') {
    noteError(span, error ?? String(status));
  }
}

function noteError(span: Span, type: string): void {
  span.setAttribute(A2A_ATTRIBUTES.errorType, type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
