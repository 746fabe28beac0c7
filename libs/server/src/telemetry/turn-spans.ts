import {
  type Attributes,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import {
  type TracedWork,
  type TurnEnd,
  type TurnFacts,
} from '../instrumentation/telemetry.js';
import { shortStateOf } from './short-state.js';
import { A2A_ATTRIBUTES, MESSAGING_SYSTEM } from './telemetry-names.js';
import { type TelemetryParts } from './telemetry-parts.js';
import { contextOf, spanContextOf, traceparentOf } from './trace-context.js';

/** A span of kind CONSUMER for each run of a turn, and its numbers. */
export class TurnSpans {
  constructor(private readonly parts: TelemetryParts) {}

  /** @see Telemetry.turn */
  async observe(facts: TurnFacts, run: TracedWork<TurnEnd>): Promise<TurnEnd> {
    const { activeTurns, turnDuration, turnWait } = this.parts.instruments();
    const measured = { [A2A_ATTRIBUTES.agentName]: facts.agent };
    // Nothing of what runs now: the same turn in another instance would not have it either.
    const parent = contextOf(spanContextOf(facts.traceparent));
    const attributes = attributesOf(facts);
    const options = { kind: SpanKind.CONSUMER, attributes };
    const name = `turn ${facts.agent}`;
    const span = this.parts.tracer().startSpan(name, options, parent);
    const within = trace.setSpan(parent, span);
    if (!facts.isTakenOver) {
      turnWait.record(facts.waitedMs / 1_000, measured, within);
    }
    const begunAt = performance.now();
    activeTurns.add(1, measured);
    let outcome = shortStateOf('UNFINISHED');
    try {
      const end = await context.with(within, run, this, traceparentOf(within));
      outcome = shortStateOf(end.outcome);
      noteEnd(span, end);
      return end;
    } finally {
      activeTurns.add(-1, measured);
      const seconds = (performance.now() - begunAt) / 1_000;
      const ended = { ...measured, [A2A_ATTRIBUTES.turnOutcome]: outcome };
      turnDuration.record(seconds, ended, within);
      span.end();
    }
  }
}

function attributesOf(facts: TurnFacts): Attributes {
  const { contextId } = facts;
  return {
    [A2A_ATTRIBUTES.messagingSystem]: MESSAGING_SYSTEM,
    [A2A_ATTRIBUTES.messagingOperation]: 'turn',
    [A2A_ATTRIBUTES.messagingOperationType]: 'process',
    [A2A_ATTRIBUTES.messagingDestination]: facts.agent,
    [A2A_ATTRIBUTES.agentName]: facts.agent,
    [A2A_ATTRIBUTES.taskId]: facts.taskId,
    [A2A_ATTRIBUTES.turn]: facts.turn,
    [A2A_ATTRIBUTES.attempt]: facts.attempt,
    [A2A_ATTRIBUTES.isTakenOver]: facts.isTakenOver,
    ...(contextId !== undefined && { [A2A_ATTRIBUTES.contextId]: contextId }),
  };
}

function noteEnd(span: Span, { outcome, error }: TurnEnd): void {
  span.setAttribute(A2A_ATTRIBUTES.turnOutcome, shortStateOf(outcome));
  const hasFailed = outcome === 'TASK_STATE_FAILED' || error !== undefined;
  if (hasFailed) {
    span.setAttribute(A2A_ATTRIBUTES.errorType, error ?? 'TASK_FAILED');
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
}
