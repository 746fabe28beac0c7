import {
  eventsOf,
  httpJson,
  jsonRpc,
  type WireAnswer,
  type WireBinding,
} from '../../support/a2a-http.js';
import {
  type CallAnswer,
  type StreamOptions,
  StreamRefused,
  type WireClient,
  type WireFrame,
  type WireRequest,
} from './wire-client.js';

/** Answers that say nothing about whether the call took effect. */
const UNAVAILABLE_STATUS = [502, 503, 504];

/** A2A over JSON-RPC or HTTP+JSON. */
export class HttpWireClient implements WireClient {
  constructor(
    readonly binding: 'JSONRPC' | 'HTTP+JSON',
    private readonly url: string,
  ) {}

  async call(
    operation: string,
    request: WireRequest,
    signal: AbortSignal,
  ): Promise<CallAnswer> {
    try {
      const response = await this.fetch(operation, request, { signal });
      const answer = await read(response);
      return this.judge(answer);
    } catch (error) {
      return { outcome: 'unknown', error: nameOf(error) };
    }
  }

  async *open(
    operation: string,
    { lastEventId, ...request }: WireRequest & { lastEventId?: number },
    { signal, onBytes }: StreamOptions,
  ): AsyncGenerator<WireFrame, void, undefined> {
    const headers =
      lastEventId === undefined ? {} : { 'Last-Event-ID': String(lastEventId) };
    const response = await this.fetch(operation, request, { signal, headers });
    const type = response.headers.get('content-type') ?? '';
    if (!type.startsWith('text/event-stream')) {
      const judged = this.judge(await read(response));
      throw judged.outcome === 'ok'
        ? new Error('A stream was answered without a stream')
        : new StreamRefused(judged.outcome, judged.error);
    }
    for await (const event of eventsOf(heard(response, onBytes))) {
      const frame = this.wire.response(event);
      // Each binding writes an error into the stream in its own way.
      if (frame === undefined || 'error' in frame) {
        throw new Error(
          `An error in the stream: ${JSON.stringify(event.data)}`,
        );
      }
      yield {
        response: frame,
        ...(event.id !== undefined && { id: Number(event.id) }),
      };
    }
  }

  private get wire(): WireBinding {
    return this.binding === 'JSONRPC' ? jsonRpc : httpJson;
  }

  private fetch(
    operation: string,
    { tenant, params }: WireRequest,
    init: RequestInit,
  ): Promise<Response> {
    const isRpc = this.binding === 'JSONRPC';
    const url = isRpc ? this.url : `${this.url}/${tenant}`;
    const content = isRpc ? { tenant, ...params } : params;
    return this.wire.open(url, operation, content, init);
  }

  private judge(answer: WireAnswer): CallAnswer {
    const { status, body } = answer;
    const isError =
      status >= 400 || (body as { error?: unknown } | undefined)?.error;
    if (!isError) {
      const result = this.wire.result(answer) as Record<string, unknown>;
      return { outcome: 'ok', result: result ?? {} };
    }
    const error = this.wire.reason(answer);
    return UNAVAILABLE_STATUS.includes(status)
      ? { outcome: 'unknown', error }
      : { outcome: 'refused', error };
  }
}

/** The same answer, and word whenever something of it arrives. */
function heard(response: Response, onBytes?: () => void): Response {
  const ear = new TransformStream<Uint8Array, Uint8Array>({
    transform: (bytes, controller) => {
      onBytes?.();
      controller.enqueue(bytes);
    },
  });
  return new Response(response.body?.pipeThrough(ear) ?? null);
}

async function read(response: Response): Promise<WireAnswer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function nameOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string } }).cause?.code;
  return cause ?? (error as Error).name;
}
