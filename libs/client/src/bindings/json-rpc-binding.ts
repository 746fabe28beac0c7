import {
  type AgentInterface,
  isJsonObject,
  newId,
  type Operation,
} from '@nest-a2a/protocol';
import { A2AClientError } from '../errors/a2a-client-error.js';
import {
  type HttpAnswer,
  isEventStream,
  isSuccess,
  readAnswer,
} from '../http/answer.js';
import { gatewayFailure } from '../http/gateway-failure.js';
import { withHttpFacts } from '../http/http-facts.js';
import {
  type HttpResponse,
  type HttpTransport,
} from '../http/http-transport.js';
import {
  type BindingCall,
  type ClientBinding,
  type HttpBindingSettings,
  type StreamFrame,
} from './client-binding.js';
import { type JsonRpcWire } from './json-rpc-wire.js';
import { oneFrame, readFrames } from './stream-frames.js';
import { withQuery } from './with-query.js';

const JSON_MEDIA_TYPE = 'application/json';

/** JSON-RPC 2.0 over HTTP (A2A §9): one URL, the method names the operation, the tenant is a field. */
export class JsonRpcBinding implements ClientBinding {
  readonly isTrusted: boolean;

  constructor(
    private readonly agent: AgentInterface,
    private readonly http: HttpTransport,
    private readonly settings: HttpBindingSettings<JsonRpcWire>,
  ) {
    this.isTrusted = settings.isTrusted;
  }

  async call(
    operation: Operation,
    request: object,
    call: BindingCall,
  ): Promise<unknown> {
    const response = await this.post(operation, request, {
      ...call,
      headers: { ...call.headers, Accept: JSON_MEDIA_TYPE },
    });
    const { maxResponseBytes, wire } = this.settings;
    const answer = await readAnswer(response, maxResponseBytes);
    return wire.fromResult(operation, resultOf(answer, wire));
  }

  async open(
    operation: Operation,
    request: object,
    call: BindingCall,
  ): Promise<AsyncIterable<StreamFrame>> {
    const response = await this.post(operation, request, {
      ...call,
      headers: { ...call.headers, Accept: 'text/event-stream' },
    });
    if (isEventStream(response)) {
      return this.framesOf(response);
    }
    const { maxResponseBytes, wire } = this.settings;
    const answer = await readAnswer(response, maxResponseBytes);
    return oneFrame(wire.fromEvent(resultOf(answer, wire)));
  }

  private async *framesOf(response: HttpResponse): AsyncGenerator<StreamFrame> {
    const { wire } = this.settings;
    for await (const { id, value } of readFrames(response, this.settings)) {
      const result = isJsonObject(value) ? value.result : undefined;
      yield { id, value: wire.fromEvent(result) };
    }
  }

  private post(
    operation: Operation,
    request: object,
    { headers, query, signal }: BindingCall,
  ): Promise<HttpResponse> {
    const { url, tenant } = this.agent;
    const { wire } = this.settings;
    const params = {
      ...(tenant !== undefined && { tenant }),
      ...wire.toParams(operation, request),
    };
    const method = wire.methodOf(operation);
    return this.http.send({
      method: 'POST',
      url: withQuery(url, query),
      headers: { ...headers, 'Content-Type': JSON_MEDIA_TYPE },
      body: JSON.stringify({ jsonrpc: '2.0', id: newId(), method, params }),
      signal,
    });
  }
}

function resultOf(answer: HttpAnswer, wire: JsonRpcWire): unknown {
  const { status } = answer;
  const body = isJsonObject(answer.body) ? answer.body : {};
  if (isJsonObject(body.error)) {
    throw withHttpFacts(wire.fromError(body.error, status), answer);
  }
  if (!isSuccess(status)) {
    throw errorByStatus(answer, wire);
  }
  return body.result;
}

/** Some statuses say enough without a JSON-RPC response, such as 401. */
function errorByStatus(answer: HttpAnswer, wire: JsonRpcWire): Error {
  const { status } = answer;
  const failure = gatewayFailure(status);
  if (failure) {
    return failure;
  }
  const error = wire.fromError(undefined, status);
  return error.code === 'INTERNAL'
    ? new A2AClientError(
        'invalid-response',
        `The agent answered HTTP ${status} without a JSON-RPC response`,
        { status },
      )
    : withHttpFacts(error, answer);
}
