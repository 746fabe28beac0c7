import {
  invalidParam,
  isJsonObject,
  methodNotFound,
  type Operation,
} from '@nest-a2a/protocol';
import { type HttpExchange } from '../http/http-exchange.js';

/** An operation with its request, as HTTP+JSON says it. */
export interface RestRequest {
  readonly operation: Operation;
  readonly params: unknown;
}

/** Query parameters are text; these are `true` or `false`. */
const BOOLEANS = ['includeArtifacts', 'include_artifacts'];

/** The query parameters as a request: of a repeated one the last counts, an empty one is the same as none. */
export function queryParams(
  exchange: HttpExchange,
): Record<string, string | boolean> {
  const entries = [...exchange.query]
    .filter(([, value]) => value !== '')
    .map(([name, value]): [string, string | boolean] => {
      const isBoolean = value === 'true' || value === 'false';
      return BOOLEANS.includes(name) && isBoolean
        ? [name, value === 'true']
        : [name, value];
    });
  return Object.fromEntries<string | boolean>(entries);
}

const MESSAGE_OPERATIONS: Readonly<Partial<Record<string, Operation>>> = {
  ':send': 'SendMessage',
  ':stream': 'SendStreamingMessage',
};

/**
 * `POST /message:send` and `POST /message:stream`.
 *
 * @param verb what follows `message`, with its colon
 * @throws A2AError `METHOD_NOT_FOUND`
 */
export function messageRequest(
  verb: string,
  exchange: HttpExchange,
): RestRequest {
  const operation = MESSAGE_OPERATIONS[verb];
  if (operation === undefined) {
    throw methodNotFound();
  }
  return { operation, params: exchange.jsonBody() };
}

/**
 * `GET /tasks/{id}` and `GET /tasks/{id}:subscribe`.
 *
 * @param target the last segment of the path, decoded
 */
export function getTaskRequest(
  target: string,
  exchange: HttpExchange,
): RestRequest {
  const { id, verb } = splitVerb(target);
  const query = queryParams(exchange);
  return verb === 'subscribe'
    ? { operation: 'SubscribeToTask', params: { ...query, id } }
    : { operation: 'GetTask', params: { ...query, id: target } };
}

/**
 * `POST /tasks/{id}:cancel` and `POST /tasks/{id}:subscribe`; the specification
 * names both verbs for the latter.
 *
 * @throws A2AError `METHOD_NOT_FOUND`
 */
export function postTaskRequest(
  target: string,
  exchange: HttpExchange,
): RestRequest {
  const { id, verb } = splitVerb(target);
  if (verb !== 'cancel' && verb !== 'subscribe') {
    throw methodNotFound();
  }
  const body = exchange.jsonBody();
  const params = { ...(isJsonObject(body) ? body : {}), id };
  return verb === 'cancel'
    ? { operation: 'CancelTask', params }
    : { operation: 'SubscribeToTask', params };
}

/**
 * `POST /tasks/{taskId}/pushNotificationConfigs`: the path says which task.
 *
 * @throws A2AError `INVALID_PARAMS` where the body says another
 */
export function createConfigRequest(
  taskId: string,
  exchange: HttpExchange,
): RestRequest {
  const operation = 'CreateTaskPushNotificationConfig';
  const body = exchange.jsonBody();
  if (!isJsonObject(body)) {
    return { operation, params: body ?? { taskId } };
  }
  const { task_id: snakeCase, ...rest } = body;
  const named = body.taskId ?? snakeCase ?? taskId;
  if (named !== taskId && named !== '') {
    throw invalidParam(
      'taskId',
      'Must be the task of the path, or be left out',
    );
  }
  return { operation, params: { ...rest, taskId } };
}

/** The part before the last colon, and the verb after it. */
export function splitVerb(target: string): { id: string; verb: string } {
  const at = target.lastIndexOf(':');
  return at < 0
    ? { id: target, verb: '' }
    : { id: target.slice(0, at), verb: target.slice(at + 1) };
}
