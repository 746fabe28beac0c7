import {
  context,
  type Context,
  propagation,
  SpanKind,
  trace,
  type TracerProvider,
} from '@opentelemetry/api';
import {
  type ClientInterceptor,
  type OutgoingCall,
} from '../interceptors/client-interceptor.js';
import { attributesOf, methodOf } from './call-attributes.js';
import { CallSpan } from './call-span.js';

/** Options of {@link traceCalls}. */
export interface TraceCallsOptions {
  /** Where spans come from. @default the one that is registered with `@opentelemetry/api` */
  readonly tracerProvider?: TracerProvider | undefined;
}

/**
 * For the option `interceptors` of a client: a span for each attempt of each
 * call, as OpenTelemetry knows it, and the context that agents continue it by
 * (W3C, or what else the registered propagator writes). The span of a stream
 * ends with the stream. Without an SDK nothing happens.
 */
export function traceCalls({
  tracerProvider,
}: TraceCallsOptions = {}): ClientInterceptor {
  return async (call, next) => {
    // Asked for each time: the SDK may be registered later.
    const tracer = (tracerProvider ?? trace).getTracer('@nest-a2a/client');
    const around = context.active();
    const started = tracer.startSpan(
      methodOf(call),
      { kind: SpanKind.CLIENT, attributes: attributesOf(call) },
      around,
    );
    const within = trace.setSpan(around, started);
    propagation.inject(shareable(within, call), call.headers);
    const span = new CallSpan(started);
    try {
      const answer = await context.with(within, () => next(call));
      if ('frames' in answer) {
        return { frames: span.follow(answer.frames) };
      }
      span.end();
      return answer;
    } catch (error) {
      span.fail(error);
      throw error;
    }
  };
}

/** Baggage is the application's own, and no business of hosts that only the card names. */
function shareable(within: Context, { isTrusted }: OutgoingCall): Context {
  return isTrusted ? within : propagation.deleteBaggage(within);
}
