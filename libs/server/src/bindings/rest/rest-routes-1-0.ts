import {
  createConfigRequest,
  getTaskRequest,
  messageRequest,
  postTaskRequest,
  queryParams,
} from './rest-requests.js';
import { type RestRoute } from './rest-route.js';

const CONFIGS = '/tasks/:taskId/pushNotificationConfigs';

/**
 * The routes of A2A 1.0 (§11.3). Express and Fastify have different escapes for
 * a colon in a path, and both read `message:verb` as "message" and a parameter,
 * so the verbs are told apart in `decode`.
 */
export const REST_ROUTES_1_0: readonly RestRoute[] = Object.freeze([
  {
    name: 'message',
    method: 'POST',
    pattern: '/message:verb',
    decode: ({ verb = '' }, exchange) => messageRequest(verb, exchange),
  },
  {
    name: 'listTasks',
    method: 'GET',
    pattern: '/tasks',
    decode: (_params, exchange) => ({
      operation: 'ListTasks',
      params: queryParams(exchange),
    }),
  },
  {
    name: 'getTask',
    method: 'GET',
    pattern: '/tasks/:target',
    decode: ({ target = '' }, exchange) => getTaskRequest(target, exchange),
  },
  {
    name: 'postTask',
    method: 'POST',
    pattern: '/tasks/:target',
    decode: ({ target = '' }, exchange) => postTaskRequest(target, exchange),
  },
  {
    name: 'createConfig',
    method: 'POST',
    pattern: CONFIGS,
    decode: ({ taskId = '' }, exchange) =>
      createConfigRequest(taskId, exchange),
  },
  {
    name: 'listConfigs',
    method: 'GET',
    pattern: CONFIGS,
    decode: ({ taskId }, exchange) => ({
      operation: 'ListTaskPushNotificationConfigs',
      params: { ...queryParams(exchange), taskId },
    }),
  },
  {
    name: 'getConfig',
    method: 'GET',
    pattern: `${CONFIGS}/:id`,
    decode: ({ taskId, id }, exchange) => ({
      operation: 'GetTaskPushNotificationConfig',
      params: { ...queryParams(exchange), taskId, id },
    }),
  },
  {
    name: 'deleteConfig',
    method: 'DELETE',
    pattern: `${CONFIGS}/:id`,
    decode: ({ taskId, id }, exchange) => ({
      operation: 'DeleteTaskPushNotificationConfig',
      params: { ...queryParams(exchange), taskId, id },
    }),
  },
  {
    name: 'extendedCard',
    method: 'GET',
    pattern: '/extendedAgentCard',
    decode: (_params, exchange) => ({
      operation: 'GetExtendedAgentCard',
      params: queryParams(exchange),
    }),
  },
] satisfies RestRoute[]);
