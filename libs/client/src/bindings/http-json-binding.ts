import {
  type A2AErrorCode,
  type AgentInterface,
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
import {
  isTaskRoute,
  type Route,
  subscribeByGet,
  toRestRequest,
} from './http-json-routes.js';
import { type HttpJsonWire } from './http-json-wire.js';
import { oneFrame, readFrames } from './stream-frames.js';
import { tryForms } from './try-forms.js';
import { withQuery } from './with-query.js';

/** HTTP+JSON (A2A §11): a route for each operation, the tenant is the first segment of the path. */
export class HttpJsonBinding implements ClientBinding {
  readonly isTrusted: boolean;
  private readonly wire: HttpJsonWire;

  constructor(
    private readonly agent: AgentInterface,
    private readonly http: HttpTransport,
    private readonly settings: HttpBindingSettings<HttpJsonWire>,
  ) {
    this.isTrusted = settings.isTrusted;
    this.wire = settings.wire;
  }

  async call(
    operation: Operation,
    request: object,
    call: BindingCall,
  ): Promise<unknown> {
    const route = this.wire.routes[operation];
    const headers = { ...call.headers, Accept: this.wire.accept };
    const result = await tryForms(
      this.wire.toFields(operation, request),
      (fields) => this.ask(route, fields, { ...call, headers }),
    );
    return this.wire.fromResult(operation, result);
  }

  async open(
    operation: Operation,
    request: object,
    call: BindingCall,
  ): Promise<AsyncIterable<StreamFrame>> {
    const headers = { ...call.headers, Accept: 'text/event-stream' };
    const [fields = {}] = this.wire.toFields(operation, request);
    const route = this.wire.routes[operation];
    return this.openOn(route, fields, { ...call, headers });
  }

  private async ask(
    route: Route,
    fields: object,
    call: BindingCall,
  ): Promise<unknown> {
    const response = await this.send(route, fields, call);
    const { maxResponseBytes } = this.settings;
    return this.contentOf(await readAnswer(response, maxResponseBytes), route);
  }

  private async openOn(
    route: Route,
    fields: object,
    call: BindingCall,
  ): Promise<AsyncIterable<StreamFrame>> {
    const response = await this.send(route, fields, call);
    if (isEventStream(response)) {
      return this.framesOf(response);
    }
    const { maxResponseBytes, wire } = this.settings;
    const answer = await readAnswer(response, maxResponseBytes);
    if (route === wire.routes.SubscribeToTask && this.isRouteMissing(answer)) {
      return this.openOn(subscribeByGet(wire.routes), fields, call);
    }
    return oneFrame(wire.fromEvent(this.contentOf(answer, route)));
  }

  private async *framesOf(response: HttpResponse): AsyncGenerator<StreamFrame> {
    const { wire } = this.settings;
    const frames = readFrames(response, this.settings, (status, error) =>
      wire.fromError(status, error),
    );
    for await (const { id, value } of frames) {
      yield { id, value: wire.fromEvent(value) };
    }
  }

  private send(
    route: Route,
    fields: object,
    { headers, query, signal }: BindingCall,
  ): Promise<HttpResponse> {
    const { method, url, body } = toRestRequest(route, fields, this.agent);
    const { mediaType } = this.wire;
    return this.http.send({
      method,
      url: withQuery(url, query),
      signal,
      ...(body === undefined
        ? { headers }
        : { headers: { ...headers, 'Content-Type': mediaType }, body }),
    });
  }

  private contentOf(answer: HttpAnswer, route: Route): unknown {
    if (isSuccess(answer.status)) {
      return answer.body;
    }
    throw this.errorOf(answer, route);
  }

  private errorOf(answer: HttpAnswer, route: Route): Error {
    const { status, body } = answer;
    if (status < 400) {
      return new A2AClientError(
        'invalid-response',
        `The agent answered HTTP ${status}, which is not followed`,
        { status },
      );
    }
    const failure = this.wire.isError(body)
      ? undefined
      : gatewayFailure(status);
    if (failure) {
      return failure;
    }
    const error = this.wire.fromError(status, body);
    return withHttpFacts(error, answer, this.codeByRoute(answer, route));
  }

  /** A 404 without an error of A2A is about the route, unless the route names a task. */
  private codeByRoute(
    answer: HttpAnswer,
    route: Route,
  ): A2AErrorCode | undefined {
    const isUnknown =
      answer.status === 405 ||
      (this.isRouteMissing(answer) && !isTaskRoute(route));
    return isUnknown ? 'METHOD_NOT_FOUND' : undefined;
  }

  private isRouteMissing({ status, body }: HttpAnswer): boolean {
    return status === 405 || (status === 404 && !this.wire.isError(body));
  }
}
