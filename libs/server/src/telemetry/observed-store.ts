import {
  type Attributes,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { type TaskStore } from '@nest-a2a/store';
import { errorTypeOf } from './error-type.js';
import { A2A_ATTRIBUTES, DB_SYSTEMS } from './telemetry-names.js';
import { type TelemetryParts } from './telemetry-parts.js';

/** A call of the store that begins. */
type StoreCall = () => unknown;

/** The same store; each call of its parts is measured, and has a span where it is part of something. */
export function observedStore(
  store: TaskStore,
  system: string,
  parts: TelemetryParts,
): TaskStore {
  const calls = new StoreCalls(DB_SYSTEMS[system] ?? system, parts);
  return {
    log: calls.around(store.log, 'log'),
    work: calls.around(store.work, 'work'),
    push: calls.around(store.push, 'push'),
    redeliveries: calls.around(store.redeliveries, 'redeliveries'),
    contexts: calls.around(store.contexts, 'contexts'),
    secrets: calls.around(store.secrets, 'secrets'),
    get hostTransactions() {
      return store.hostTransactions;
    },
    now: () => store.now(),
    health: () => store.health(),
  };
}

class StoreCalls {
  constructor(
    private readonly system: string,
    private readonly parts: TelemetryParts,
  ) {}

  /** A part of the store. What it is asked for by name is its own, also what it is given later. */
  around<T extends object>(port: T, name: string): T {
    const wrapped = new Map<PropertyKey, unknown>();
    // Not the port itself: what is frozen there could not be replaced.
    return new Proxy(Object.create(port) as T, {
      get: (_target, key) => {
        const member: unknown = Reflect.get(port, key, port);
        if (typeof member !== 'function') {
          return member;
        }
        const known = wrapped.get(key);
        if (known) {
          return known;
        }
        const operation = `${name}.${String(key)}`;
        const call = (...args: unknown[]): unknown =>
          this.observe(operation, () => {
            const current: unknown = Reflect.get(port, key, port);
            return Reflect.apply(current as StoreCall, port, args);
          });
        wrapped.set(key, call);
        return call;
      },
    });
  }

  private observe(operation: string, call: StoreCall): unknown {
    const span = this.startSpan(operation);
    const begunAt = performance.now();
    const end = (error?: { thrown: unknown }) =>
      this.end(operation, { span, begunAt, error });
    try {
      const answer = span
        ? context.with(trace.setSpan(context.active(), span), call)
        : call();
      if (!(answer instanceof Promise)) {
        end();
        return answer;
      }
      return (answer as Promise<unknown>).then(
        (value) => {
          end();
          return value;
        },
        (thrown: unknown) => {
          end({ thrown });
          throw thrown;
        },
      );
    } catch (thrown) {
      end({ thrown });
      throw thrown;
    }
  }

  /** The polls of an idle process would be a trace each, and are none. */
  private startSpan(operation: string): Span | undefined {
    if (!this.parts.storeSpans || !trace.getActiveSpan()) {
      return undefined;
    }
    const attributes: Attributes = {
      [A2A_ATTRIBUTES.dbSystem]: this.system,
      [A2A_ATTRIBUTES.dbOperation]: operation,
    };
    const options = { kind: SpanKind.CLIENT, attributes };
    return this.parts.tracer().startSpan(`store ${operation}`, options);
  }

  private end(
    operation: string,
    {
      span,
      begunAt,
      error,
    }: {
      span: Span | undefined;
      begunAt: number;
      error: { thrown: unknown } | undefined;
    },
  ): void {
    const failure: Attributes = error
      ? { [A2A_ATTRIBUTES.errorType]: errorTypeOf(error.thrown) }
      : {};
    const seconds = (performance.now() - begunAt) / 1_000;
    this.parts.instruments().storeDuration.record(seconds, {
      [A2A_ATTRIBUTES.dbSystem]: this.system,
      [A2A_ATTRIBUTES.dbOperation]: operation,
      ...failure,
    });
    if (error) {
      span?.setAttributes(failure).setStatus({ code: SpanStatusCode.ERROR });
    }
    span?.end();
  }
}
