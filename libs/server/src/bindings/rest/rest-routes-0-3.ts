import { isJsonObject, methodNotFound } from '@nest-a2a/protocol';
import { type HttpExchange } from '../http/http-exchange.js';
import { messageRequest, queryParams, splitVerb } from './rest-requests.js';
import { type RestRoute } from './rest-route.js';

const CONFIGS = '/v1/tasks/:taskId/pushNotificationConfigs';

/** What is in the body besides what is in the path; Go and Python send `null` for nothing. */
function bodyObject(exchange: HttpExchange): object {
  const body = exchange.jsonBody();
  return isJsonObject(body) ? body : {};
}

const taskName = (taskId = '') => `tasks/${taskId}`;
const configName = (taskId = '', id = '') =>
  `${taskName(taskId)}/pushNotificationConfigs/${id}`;

/**
 * The routes of A2A 0.3, which has a name for the list of tasks and no form, so
 * there is no route for it. Requests are in the form of its protocol buffers, which
 * name things by their paths.
 */
export const REST_ROUTES_0_3: readonly RestRoute[] = Object.freeze([
  {
    name: 'message',
    method: 'POST',
    pattern: '/v1/message:verb',
    decode: ({ verb = '' }, exchange) => messageRequest(verb, exchange),
  },
  {
    name: 'getTask',
    method: 'GET',
    pattern: '/v1/tasks/:target',
    decode: ({ target = '' }, exchange) => {
      const { id, verb } = splitVerb(target);
      const query = queryParams(exchange);
      return verb === 'subscribe'
        ? {
            operation: 'SubscribeToTask',
            params: { ...query, name: taskName(id) },
          }
        : {
            operation: 'GetTask',
            params: { ...query, name: taskName(target) },
          };
    },
  },
  {
    name: 'postTask',
    method: 'POST',
    pattern: '/v1/tasks/:target',
    decode: ({ target = '' }, exchange) => {
      const { id, verb } = splitVerb(target);
      const params = { ...bodyObject(exchange), name: taskName(id) };
      if (verb === 'subscribe') return { operation: 'SubscribeToTask', params };
      if (verb === 'cancel') return { operation: 'CancelTask', params };
      throw methodNotFound();
    },
  },
  {
    name: 'createConfig',
    method: 'POST',
    pattern: CONFIGS,
    decode: ({ taskId }, exchange) => ({
      operation: 'CreateTaskPushNotificationConfig',
      // The path says which task, whatever form the body has.
      params: { ...bodyObject(exchange), parent: taskName(taskId) },
    }),
  },
  {
    name: 'listConfigs',
    method: 'GET',
    pattern: CONFIGS,
    decode: ({ taskId }, exchange) => ({
      operation: 'ListTaskPushNotificationConfigs',
      params: { ...queryParams(exchange), parent: taskName(taskId) },
    }),
  },
  {
    name: 'getConfig',
    method: 'GET',
    pattern: `${CONFIGS}/:id`,
    decode: ({ taskId, id }, exchange) => ({
      operation: 'GetTaskPushNotificationConfig',
      params: { ...queryParams(exchange), name: configName(taskId, id) },
    }),
  },
  {
    name: 'deleteConfig',
    method: 'DELETE',
    pattern: `${CONFIGS}/:id`,
    decode: ({ taskId, id }, exchange) => ({
      operation: 'DeleteTaskPushNotificationConfig',
      params: { ...queryParams(exchange), name: configName(taskId, id) },
    }),
  },
  {
    name: 'card',
    method: 'GET',
    pattern: '/v1/card',
    decode: (_params, exchange) => ({
      operation: 'GetExtendedAgentCard',
      params: queryParams(exchange),
    }),
  },
] satisfies RestRoute[]);
