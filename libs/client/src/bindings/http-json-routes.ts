import { invalidParam, type Operation } from '@nest-a2a/protocol';

/** How an operation travels on HTTP+JSON. */
export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  /** `{x}` is a field of the request. The other fields are the body of a POST, else the query. */
  path: string;
}

/** The route of each operation (A2A §11.3). */
export const ROUTES: Readonly<Record<Operation, Route>> = {
  SendMessage: { method: 'POST', path: '/message:send' },
  SendStreamingMessage: { method: 'POST', path: '/message:stream' },
  GetTask: { method: 'GET', path: '/tasks/{id}' },
  ListTasks: { method: 'GET', path: '/tasks' },
  CancelTask: { method: 'POST', path: '/tasks/{id}:cancel' },
  SubscribeToTask: { method: 'POST', path: '/tasks/{id}:subscribe' },
  CreateTaskPushNotificationConfig: {
    method: 'POST',
    path: '/tasks/{taskId}/pushNotificationConfigs',
  },
  GetTaskPushNotificationConfig: {
    method: 'GET',
    path: '/tasks/{taskId}/pushNotificationConfigs/{id}',
  },
  ListTaskPushNotificationConfigs: {
    method: 'GET',
    path: '/tasks/{taskId}/pushNotificationConfigs',
  },
  DeleteTaskPushNotificationConfig: {
    method: 'DELETE',
    path: '/tasks/{taskId}/pushNotificationConfigs/{id}',
  },
  GetExtendedAgentCard: { method: 'GET', path: '/extendedAgentCard' },
};

/** The same in A2A 0.3, where the paths begin with the version of the API. The form of ListTasks is not defined. */
export const V03_ROUTES: Readonly<Record<Operation, Route>> = Object.freeze({
  ...(Object.fromEntries(
    Object.entries(ROUTES).map(([operation, { method, path }]) => [
      operation,
      { method, path: `/v1${path}` },
    ]),
  ) as Record<Operation, Route>),
  GetExtendedAgentCard: { method: 'GET', path: '/v1/card' },
});

/** The subscription where an agent knows no POST for it: A2A §11.3 and its protocol buffers name different verbs. */
export function subscribeByGet(
  routes: Readonly<Record<Operation, Route>>,
): Route {
  return { method: 'GET', path: routes.SubscribeToTask.path };
}

/** Whether the path of an operation names a task: a 404 then is about the task, not about the route. */
export function isTaskRoute({ path }: Route): boolean {
  return path.includes('/tasks/{');
}

/** Where requests of an interface go. */
export interface RestBase {
  url: string;
  tenant?: string | undefined;
}

/** A request in the form of HTTP+JSON. */
export interface RestRequest {
  method: Route['method'];
  url: string;
  body?: string;
}

/**
 * Puts a request on its route.
 *
 * @throws A2AError `INVALID_PARAMS` for an id that no path can carry
 */
export function toRestRequest(
  { method, path }: Route,
  request: object,
  base: RestBase,
): RestRequest {
  const rest = new Map<string, unknown>(Object.entries(request));
  const filled = path.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = String(rest.get(field));
    rest.delete(field);
    return toSegment(field, value);
  });
  const { tenant } = base;
  const prefix = tenant === undefined ? '' : `/${toSegment('tenant', tenant)}`;
  const isPost = method === 'POST';
  const url = join(base.url, prefix + filled, isPost ? [] : [...rest]);
  return isPost
    ? { method, url, body: JSON.stringify(Object.fromEntries(rest)) }
    : { method, url };
}

/** The path of the interface, which may end in a slash, then the route; a query of the interface stays. */
function join(
  baseUrl: string,
  path: string,
  query: readonly [string, unknown][],
): string {
  const base = new URL(baseUrl);
  const parameters = [
    ...(base.search.length > 1 ? [base.search.slice(1)] : []),
    ...query.map(([name, value]) => `${name}=${encode(name, String(value))}`),
  ];
  const search = parameters.length > 0 ? `?${parameters.join('&')}` : '';
  return base.origin + base.pathname.replace(/\/+$/, '') + path + search;
}

function toSegment(field: string, value: string): string {
  // URL parsers resolve these, percent-encoded or not, and the request would go elsewhere.
  if (value === '.' || value === '..') {
    throw invalidParam(field, 'Cannot be part of a path');
  }
  return encode(field, value);
}

function encode(field: string, value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    throw invalidParam(field, 'Is not valid Unicode');
  }
}
