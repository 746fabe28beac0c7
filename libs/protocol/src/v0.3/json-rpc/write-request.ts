import { type Operation } from '../../operations/operation.js';
import { type RequestOf } from '../../operations/parse-requests.js';
import {
  type SendMessageRequest,
  type TaskPushNotificationConfigRequest,
} from '../../operations/requests.js';
import { JSON_RPC_FORM } from '../form.js';
import { listingNotSupported } from '../read/read-request.js';
import { writePushConfig } from '../write/write-push-config.js';
import { writeSend } from '../write/write-send.js';

type Writers = {
  readonly [O in Operation]: (request: RequestOf[O]) => object;
};

const send = (request: SendMessageRequest): object =>
  writeSend(request, JSON_RPC_FORM);

const onePushConfig = ({
  taskId,
  id,
  ...rest
}: TaskPushNotificationConfigRequest): object => ({
  ...rest,
  id: taskId,
  pushNotificationConfigId: id,
});

const WRITERS: Writers = {
  SendMessage: send,
  SendStreamingMessage: send,
  GetTask: (request) => request,
  ListTasks: () => {
    throw listingNotSupported();
  },
  CancelTask: (request) => request,
  SubscribeToTask: (request) => request,
  CreateTaskPushNotificationConfig: ({ tenant, taskId, ...config }) => ({
    ...(tenant !== undefined && { tenant }),
    taskId,
    pushNotificationConfig: writePushConfig(config),
  }),
  GetTaskPushNotificationConfig: onePushConfig,
  // A list is not cut into pages.
  ListTaskPushNotificationConfigs: ({ tenant, taskId }) => ({
    ...(tenant !== undefined && { tenant }),
    id: taskId,
  }),
  DeleteTaskPushNotificationConfig: onePushConfig,
  GetExtendedAgentCard: (request) => request,
};

/** The `params` of a request. */
export function writeJsonRpcRequest(
  operation: Operation,
  request: object,
): object {
  const write = WRITERS[operation] as (request: object) => object;
  return write(request);
}
