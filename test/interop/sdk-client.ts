import {
  AgentCard,
  ListTaskPushNotificationConfigsResponse,
  ListTasksRequest,
  ListTasksResponse,
  Message,
  SendMessageRequest,
  StreamResponse,
  Task,
  TaskPushNotificationConfig,
} from '@a2a-js/sdk';
import {
  type Client,
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from '@a2a-js/sdk/client';
import { GrpcTransportFactory } from '@a2a-js/sdk/client/grpc';
import { A2AError, isRestError } from '@a2a-js/sdk/errors';
import { GRPC_STATUS_CODE, isGrpcError } from '@a2a-js/sdk/errors/grpc';
import { cardFor, type Dialect, type InteropClient } from './interop-client.js';

const legacyCompat = { enabled: true };

/** The client of the official SDK. */
export async function connectSdk(
  url: string,
  dialect: Dialect,
): Promise<InteropClient> {
  const factory = new ClientFactory({
    transports: [
      new JsonRpcTransportFactory({ legacyCompat }),
      new RestTransportFactory({ legacyCompat }),
      new GrpcTransportFactory({ legacyCompat }),
    ],
    cardResolver: new DefaultAgentCardResolver({ legacyCompat }),
  });
  const card = AgentCard.fromJSON(await cardFor(url, dialect));
  return toInteropClient(await factory.createFromAgentCard(card));
}

const tenant = '';

function toInteropClient(client: Client): InteropClient {
  const task = async (result: Promise<Task>) => Task.toJSON(await result);
  return {
    send: async (params) => {
      const request = SendMessageRequest.fromJSON(params);
      const result = await client.sendMessage(request);
      return 'messageId' in result
        ? { message: Message.toJSON(result) }
        : { task: Task.toJSON(result) };
    },
    stream: (params) =>
      jsonOf(client.sendMessageStream(SendMessageRequest.fromJSON(params))),
    subscribe: (id) => jsonOf(client.resubscribeTask({ id, tenant })),
    get: (params) => task(client.getTask({ ...params, tenant })),
    list: async (params) =>
      ListTasksResponse.toJSON(
        await client.listTasks(ListTasksRequest.fromJSON(params)),
      ),
    cancel: (id) =>
      task(client.cancelTask({ id, tenant, metadata: undefined })),
    ...pushCalls(client),
    extendedCard: async () => AgentCard.toJSON(await client.getAgentCard()),
    reasonOf,
    close: async () => undefined,
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof A2AError)) return String(error);
  // It reads reasons only where there is one, and A2A has none for bad params (A2A §5.4).
  const isBad =
    (isRestError(error) && error.statusCode === 400) ||
    (isGrpcError(error) && error.status === GRPC_STATUS_CODE.INVALID_ARGUMENT);
  return isBad && error.reason === 'INTERNAL_ERROR'
    ? 'INVALID_PARAMS'
    : error.reason;
}

function pushCalls(client: Client) {
  return {
    createPush: async (config: object) =>
      TaskPushNotificationConfig.toJSON(
        await client.createTaskPushNotificationConfig(
          TaskPushNotificationConfig.fromJSON(config),
        ),
      ),
    getPush: async (taskId: string, id: string) =>
      TaskPushNotificationConfig.toJSON(
        await client.getTaskPushNotificationConfig({ taskId, id, tenant }),
      ),
    listPushes: async (taskId: string) =>
      ListTaskPushNotificationConfigsResponse.toJSON(
        await client.listTaskPushNotificationConfig({
          taskId,
          tenant,
          pageSize: 0,
          pageToken: '',
        }),
      ),
    deletePush: (taskId: string, id: string) =>
      client.deleteTaskPushNotificationConfig({ taskId, id, tenant }),
  };
}

async function* jsonOf(events: AsyncIterable<StreamResponse>) {
  for await (const event of events) yield StreamResponse.toJSON(event);
}
