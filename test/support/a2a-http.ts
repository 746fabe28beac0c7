import { randomUUID } from 'node:crypto';

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

/** One server-sent event as it came over the wire. */
export interface WireEvent {
  readonly id: string | undefined;
  readonly data: any;
}

export const VERSION = { 'A2A-Version': '1.0' };

/** The params of a send, with the least that is needed. */
export function sendParams(
  text: string,
  {
    message = {},
    ...rest
  }: { message?: object; configuration?: object; metadata?: object } = {},
): any {
  return {
    message: {
      messageId: randomUUID(),
      role: 'ROLE_USER',
      parts: [{ text }],
      ...message,
    },
    ...rest,
  };
}

/** Calls an agent without any client library, so that a test sees the wire. */
export interface WireBinding {
  readonly name: 'JSONRPC' | 'HTTP+JSON';
  /** The result, or the error in `{ error }`, in the form of the binding. */
  call(url: string, operation: string, params?: any): Promise<WireAnswer>;
  /** Opens a stream. */
  open(
    url: string,
    operation: string,
    params: any,
    init?: RequestInit,
  ): Promise<Response>;
  /** What a response of `call` holds where it succeeded. */
  result(answer: WireAnswer): any;
  /** The reason of an error: that of its ErrorInfo, else its code or status word. */
  reason(answer: WireAnswer): string;
  /** The StreamResponse of an event. */
  response(event: WireEvent): any;
}

async function answer(response: Response): Promise<WireAnswer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function reasonIn(details: any[] | undefined): string | undefined {
  return details?.find((detail) => detail.reason)?.reason;
}

const rpc = (
  url: string,
  method: string,
  params: any,
  init: RequestInit = {},
) =>
  fetch(url, {
    ...init,
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...VERSION,
      ...init.headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 7, method, params }),
  });

export const jsonRpc: WireBinding = {
  name: 'JSONRPC',
  call: async (url, operation, params) =>
    answer(await rpc(url, operation, params)),
  open: (url, operation, params, init) => rpc(url, operation, params, init),
  result: ({ body }) => body.result,
  reason: ({ body }) =>
    reasonIn(body.error?.data) ?? String(body.error?.code ?? 'no error'),
  response: ({ data }) => data.result,
};

/** Route, verb and body of each operation (A2A §11.3). */
function route(operation: string, params: any = {}) {
  const { id, taskId, ...rest } = params;
  const query = (values: Record<string, unknown>) => {
    const text = new URLSearchParams(
      Object.entries(values).map(([key, value]): [string, string] => [
        key,
        String(value),
      ]),
    ).toString();
    return text === '' ? '' : `?${text}`;
  };
  const configs = `/tasks/${taskId}/pushNotificationConfigs`;
  switch (operation) {
    case 'SendMessage':
      return { method: 'POST', path: '/message:send', body: params };
    case 'SendStreamingMessage':
      return { method: 'POST', path: '/message:stream', body: params };
    case 'GetTask':
      return { method: 'GET', path: `/tasks/${id}${query(rest)}` };
    case 'ListTasks':
      return { method: 'GET', path: `/tasks${query(params)}` };
    case 'CancelTask':
      return { method: 'POST', path: `/tasks/${id}:cancel`, body: rest };
    case 'SubscribeToTask':
      return { method: 'POST', path: `/tasks/${id}:subscribe` };
    case 'CreateTaskPushNotificationConfig':
      return { method: 'POST', path: configs, body: { id, ...rest } };
    case 'GetTaskPushNotificationConfig':
      return { method: 'GET', path: `${configs}/${id}` };
    case 'ListTaskPushNotificationConfigs':
      return { method: 'GET', path: `${configs}${query(rest)}` };
    case 'DeleteTaskPushNotificationConfig':
      return { method: 'DELETE', path: `${configs}/${id}` };
    default:
      return { method: 'GET', path: '/extendedAgentCard' };
  }
}

const rest = (
  url: string,
  operation: string,
  params: any,
  init: RequestInit = {},
) => {
  const { method, path, body } = route(operation, params);
  return fetch(url + path, {
    ...init,
    method,
    headers: {
      ...(body && { 'Content-Type': 'application/a2a+json' }),
      ...VERSION,
      ...init.headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
};

export const httpJson: WireBinding = {
  name: 'HTTP+JSON',
  call: async (url, operation, params) =>
    answer(await rest(url, operation, params)),
  open: (url, operation, params, init) => rest(url, operation, params, init),
  result: ({ body }) => body,
  reason: ({ body }) =>
    reasonIn(body?.error?.details) ?? String(body?.error?.status ?? 'no error'),
  response: ({ data }) => data,
};

export const BINDINGS: readonly WireBinding[] = [jsonRpc, httpJson];

/** The events of an open stream, one by one. */
export async function* eventsOf(
  response: Response,
): AsyncGenerator<WireEvent, void, undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      // Not a pattern with `$`: to that, U+2028 is the end of a line.
      const field = (name: string) =>
        frame
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const data = field('data');
      const id = field('id');
      if (data !== undefined) yield { id, data: JSON.parse(data) };
    }
  }
}

/** All events of a stream, to its end. */
export async function allEvents(response: Response): Promise<WireEvent[]> {
  const events: WireEvent[] = [];
  for await (const event of eventsOf(response)) events.push(event);
  return events;
}

/** A StreamResponse in short: `task:SUBMITTED`, `WORKING`, `artifact`, … */
export function brief(response: any): string {
  const word = (state: string) => state.replace('TASK_STATE_', '');
  if (response.task) return `task:${word(response.task.status.state)}`;
  if (response.statusUpdate) return word(response.statusUpdate.status.state);
  return response.artifactUpdate ? 'artifact' : 'message';
}
