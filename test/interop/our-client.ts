import { A2AClient, type MessageInput } from '@nest-a2a/client';
import { grpc } from '@nest-a2a/client/grpc';
import { isA2AError } from '@nest-a2a/protocol';
import { type Dialect, type InteropClient } from './interop-client.js';

/** Our client. */
export async function connectOurs(
  url: string,
  { binding, version }: Dialect,
): Promise<InteropClient> {
  const versions = [version];
  const client = await A2AClient.connect(url, {
    binding,
    bindings: [grpc()],
    versions,
  });
  return toInteropClient(client);
}

function toInteropClient(client: A2AClient): InteropClient {
  const raw = async (result: Promise<{ raw: object }>) => (await result).raw;
  return {
    send: async (params) => {
      const { input, options } = sendOf(params);
      const result = await client.send(input, options);
      return { [result.isDirectMessage ? 'message' : 'task']: result.raw };
    },
    stream: (params) => {
      const { input, options } = sendOf(params);
      return rawOf(client.stream(input, options));
    },
    subscribe: (taskId) => rawOf(client.subscribe(taskId)),
    get: ({ id, ...rest }) => raw(client.getTask(id, rest)),
    list: async (params) => {
      const page = await client.listTasks(params);
      return { ...page, tasks: page.tasks.map((task) => task.raw) };
    },
    cancel: (taskId) => raw(client.cancel(taskId)),
    createPush: ({ taskId, ...config }) =>
      client.createPushConfig(taskId, config),
    getPush: (taskId, id) => client.getPushConfig(taskId, id),
    listPushes: (taskId) => client.listPushConfigs(taskId),
    deletePush: (taskId, id) => client.deletePushConfig(taskId, id),
    extendedCard: () => client.getExtendedCard(),
    reasonOf: (error) => (isA2AError(error) ? error.code : String(error)),
    close: () => client.close(),
  };
}

async function* rawOf(events: AsyncIterable<{ raw: object }>) {
  for await (const { raw } of events) yield raw;
}

function sendOf({ message, configuration = {} }: any) {
  const { returnImmediately, taskPushNotificationConfig, ...rest } =
    configuration;
  return {
    input: message as MessageInput,
    options: {
      ...rest,
      blocking: !returnImmediately,
      ...(taskPushNotificationConfig && { push: taskPushNotificationConfig }),
    },
  };
}
