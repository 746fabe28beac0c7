import {
  type Attributes,
  context,
  type Context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import { type A2AError, HTTP_ERRORS } from '@nest-a2a/protocol';
import { type OperationFacts } from '../instrumentation/telemetry.js';
import { errorTypeOf } from './error-type.js';
import { A2A_ATTRIBUTES, RPC_SYSTEMS } from './telemetry-names.js';
import { type TelemetryParts } from './telemetry-parts.js';

const HEADERS: TextMapGetter<OperationFacts> = {
  get: (facts, name) => facts.header(name),
  keys: () => [],
};

/** A span of kind SERVER for each operation, and its numbers. */
export class OperationSpans {
  constructor(private readonly parts: TelemetryParts) {}

  /** @see Telemetry.operation */
  async observe<T>(
    facts: OperationFacts,
    run: (failed: (error: A2AError) => void) => Promise<T>,
  ): Promise<T> {
    const { operationDuration, activeStreams } = this.parts.instruments();
    const measured = measuredOf(facts);
    const { parent, links } = this.parentOf(facts);
    const span = this.parts.tracer().startSpan(
      `A2AService/${facts.operation}`,
      {
        kind: SpanKind.SERVER,
        attributes: { ...measured, ...describedOf(facts) },
        links,
      },
      parent,
    );
    const within = trace.setSpan(parent, span);
    const begunAt = performance.now();
    const open = facts.isStream ? 1 : 0;
    activeStreams.add(open, measured);
    let error: string | undefined;
    const failed = (thrown: A2AError) => {
      error = errorTypeOf(thrown);
      noteError(span, thrown);
    };
    try {
      return await context.with(within, run, this, failed);
    } finally {
      activeStreams.add(-open, measured);
      const seconds = (performance.now() - begunAt) / 1_000;
      const failure = error && { [A2A_ATTRIBUTES.errorType]: error };
      operationDuration.record(seconds, { ...measured, ...failure }, within);
      span.end();
    }
  }

  /** The span of the HTTP server where it has one; else what the caller says, whose baggage is none of ours. */
  private parentOf(facts: OperationFacts): { parent: Context; links: Link[] } {
    const around = context.active();
    if (trace.getSpan(around)) {
      return { parent: around, links: [] };
    }
    const asked = propagation.extract(ROOT_CONTEXT, facts, HEADERS);
    const remote = trace.getSpanContext(asked);
    if (remote && this.parts.callers === 'link') {
      return { parent: around, links: [{ context: remote }] };
    }
    const parent = remote ? trace.setSpanContext(around, remote) : around;
    return { parent, links: [] };
  }
}

/** What may become a label of a metric: a few values each. */
function measuredOf({ operation, agent, binding }: OperationFacts): Attributes {
  return {
    [A2A_ATTRIBUTES.rpcSystem]: RPC_SYSTEMS[binding],
    [A2A_ATTRIBUTES.rpcMethod]: `A2AService/${operation}`,
    [A2A_ATTRIBUTES.agentName]: agent,
  };
}

function describedOf(facts: OperationFacts): Attributes {
  return {
    [A2A_ATTRIBUTES.binding]: facts.binding,
    [A2A_ATTRIBUTES.version]: facts.version,
    [A2A_ATTRIBUTES.isStream]: facts.isStream,
  };
}

/** What the caller did wrong is no failure of the server, and is named all the same. */
function noteError(span: Span, error: A2AError): void {
  span.setAttribute(A2A_ATTRIBUTES.errorType, errorTypeOf(error));
  if (HTTP_ERRORS[error.code] >= 500) {
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
}
