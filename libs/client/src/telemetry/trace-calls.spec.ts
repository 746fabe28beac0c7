import {
  context,
  propagation,
  type Span,
  SpanKind,
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
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { grpcClient } from '../../test/grpc-client.js';
import {
  answering,
  beginStream,
  collect,
  failureOf,
  frame,
  json,
  ScriptedAgent,
  streaming,
  taskIn,
} from '../../test/scripted-agent.js';
import { ScriptedGrpcAgent } from '../../test/scripted-grpc-agent.js';
import { type A2AClient } from '../a2a-client.js';
import { type A2AClientOptions } from '../client-options.js';
import { traceCalls } from './trace-calls.js';

const TASK = taskIn('COMPLETED');
const exporter = new InMemorySpanExporter();

let agent: ScriptedAgent;
let clients: A2AClient[];

function register(): void {
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
  const manager = new AsyncLocalStorageContextManager();
  context.setGlobalContextManager(manager.enable());
  const propagators = [
    new W3CTraceContextPropagator(),
    new W3CBaggagePropagator(),
  ];
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
}

beforeEach(async () => {
  agent = await ScriptedAgent.start();
  agent.script = answering('HTTP+JSON', TASK);
  clients = [];
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await agent.allClosed();
  await agent.close();
  exporter.reset();
  for (const api of [trace, context, propagation]) api.disable();
});

async function connect(options: A2AClientOptions = {}): Promise<A2AClient> {
  const client = await agent.connect('HTTP+JSON', {
    interceptors: [traceCalls()],
    ...options,
  });
  clients.push(client);
  return client;
}

const spans = () => exporter.getFinishedSpans();

function traceparentOf({ traceId, spanId }: ReturnType<Span['spanContext']>) {
  return `00-${traceId}-${spanId}-01`;
}

describe('without an SDK', () => {
  it('calls are what they always were', async () => {
    const client = await connect();
    await client.getTask('t1');
    expect(agent.calls[0]?.headers.traceparent).toBeUndefined();
  });
});

describe('the span of a call', () => {
  beforeEach(register);

  it('says what is called, where and how', async () => {
    const client = await connect();
    await client.getTask('t1');
    const [span] = spans();
    expect(span).toMatchObject({
      name: 'A2AService/GetTask',
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
    });
    expect(span?.attributes).toEqual({
      'rpc.system.name': 'http_json',
      'rpc.method': 'A2AService/GetTask',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(agent.url).port),
      'a2a.agent.name': 'Report Generator',
      'a2a.binding': 'HTTP+JSON',
      'a2a.protocol.version': '1.0',
      'a2a.attempt': 1,
      'a2a.stream': false,
    });
  });

  it('is continued by the agent, and continues that of the caller', async () => {
    const client = await connect();
    const tracer = trace.getTracer('test');
    await tracer.startActiveSpan('outer', async (outer) => {
      await client.getTask('t1');
      outer.end();
    });
    const [call, outer] = spans();
    expect(call?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(agent.calls[0]?.headers.traceparent).toBe(
      call && traceparentOf(call.spanContext()),
    );
  });

  it('is active for what is done in it', async () => {
    const active: unknown[] = [];
    const client = await connect({
      interceptors: [
        traceCalls(),
        (call, next) => {
          active.push(trace.getActiveSpan()?.spanContext().spanId);
          return next(call);
        },
      ],
    });
    await client.getTask('t1');
    expect(active).toEqual([spans()[0]?.spanContext().spanId]);
  });

  it('is one for each attempt, and has the code of the error', async () => {
    agent.script = (request, response) => {
      if (agent.calls.length === 1) json(response, {}, 503);
      else json(response, TASK);
    };
    const client = await connect();
    await client.getTask('t1');
    expect(
      spans().map(({ attributes, status }) => [
        attributes['a2a.attempt'],
        attributes['error.type'],
        status,
      ]),
    ).toEqual([
      [1, 'UNAVAILABLE', { code: SpanStatusCode.ERROR }],
      [2, undefined, { code: SpanStatusCode.UNSET }],
    ]);
  });

  it('has the HTTP status of what is no answer', async () => {
    agent.script = (_, response) => response.writeHead(200).end('x');
    const client = await connect();
    await failureOf(client.getTask('t1'));
    expect(spans()[0]?.attributes).toMatchObject({
      'error.type': 'invalid-response',
      'http.response.status_code': 200,
    });
  });

  it('comes from the provider that is given', async () => {
    trace.disable();
    const spanProcessors = [new SimpleSpanProcessor(exporter)];
    const tracerProvider = new BasicTracerProvider({ spanProcessors });
    const client = await connect({
      interceptors: [traceCalls({ tracerProvider })],
    });
    await client.getTask('t1');
    expect(spans()).toHaveLength(1);
  });

  it('tells the baggage of the application to trusted hosts only', async () => {
    const other = await ScriptedAgent.start();
    other.script = answering('HTTP+JSON', TASK);
    const client = await connect();
    agent.card.supportedInterfaces = other.card.supportedInterfaces;
    const stranger = await connect({
      allowHttp: true,
      allowPrivateNetworks: true,
    });
    const baggage = propagation.createBaggage({ user: { value: 'me' } });
    await context.with(
      propagation.setBaggage(context.active(), baggage),
      async () => {
        await client.getTask('t1');
        await stranger.getTask('t1');
      },
    );
    expect(agent.calls[0]?.headers.baggage).toBe('user=me');
    expect(other.calls[0]?.headers).toMatchObject({
      traceparent: expect.any(String),
    });
    expect(other.calls[0]?.headers.baggage).toBeUndefined();
    await stranger.close();
    await other.allClosed();
    await other.close();
  });

  it('is metadata over gRPC', async () => {
    const server = await ScriptedGrpcAgent.start();
    server.script = (call) => call.answer(TASK);
    const client = await grpcClient(server.address, {
      interceptors: [traceCalls()],
    });
    await client.getTask('t1');
    const [span] = spans();
    expect(span?.attributes).toMatchObject({
      'rpc.system.name': 'grpc',
      'server.address': '127.0.0.1',
      'server.port': server.port,
    });
    expect(server.calls[0]?.metadata.get('traceparent')).toEqual([
      span && traceparentOf(span.spanContext()),
    ]);
    await client.close();
    await server.allClosed();
    await server.close();
  });
});

describe('the span of a stream', () => {
  beforeEach(register);

  const WORKING = { task: taskIn('WORKING') };

  it('ends with the stream', async () => {
    agent.script = streaming('HTTP+JSON', WORKING, { task: TASK });
    const client = await connect();
    const stream = client.stream('x');
    await stream.next();
    expect(spans()).toEqual([]);
    await collect(stream);
    expect(spans()).toHaveLength(1);
    expect(spans()[0]).toMatchObject({
      name: 'A2AService/SendStreamingMessage',
      status: { code: SpanStatusCode.UNSET },
      attributes: { 'a2a.stream': true, 'a2a.stream.events': 2 },
    });
  });

  it('ends when the stream is left, and the connection does too', async () => {
    agent.script = (request, response) => {
      beginStream(response).write(frame('HTTP+JSON', request, WORKING));
    };
    const client = await connect();
    for await (const event of client.stream('x')) {
      expect(event.state).toBe('working');
      break;
    }
    expect(spans()).toHaveLength(1);
    expect(spans()[0]).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes: { 'a2a.stream.events': 1 },
    });
    await agent.allClosed();
  });

  it('fails with the stream', async () => {
    agent.script = (request, response) => {
      beginStream(response).end('data: {"x"\n\n');
    };
    const client = await connect();
    await failureOf(collect(client.stream('x')));
    expect(spans()).toHaveLength(1);
    expect(spans()[0]).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'invalid-response' },
    });
  });
});
