import { newId } from '../../ids.js';
import { type Operation } from '../../operations/operation.js';
import { type RequestOf } from '../../operations/parse-requests.js';
import {
  type SendMessageRequest,
  type TaskPushNotificationConfigRequest,
} from '../../operations/requests.js';
import { PROTO_JSON_FORM } from '../form.js';
import { listingNotSupported } from '../read/read-request.js';
import { pushConfigName, taskName } from '../resource-names.js';
import { writePushConfig } from '../write/write-push-config.js';
import { writeSend } from '../write/write-send.js';

type Writers = {
  readonly [O in Operation]: (request: RequestOf[O]) => object;
};

const send = (request: SendMessageRequest): object =>
  writeSend(request, PROTO_JSON_FORM);

const named = ({ id, ...rest }: { id: string }): object => ({
  ...rest,
  name: taskName(id),
});

const onePushConfig = ({
  taskId,
  id,
  ...rest
}: TaskPushNotificationConfigRequest): object => ({
  ...rest,
  name: pushConfigName(taskId, id),
});

/** Here a configuration has its id from whoever creates it. */
const newPushConfig = ({
  tenant,
  taskId,
  id = newId(),
  ...config
}: RequestOf['CreateTaskPushNotificationConfig']): object => ({
  ...(tenant !== undefined && { tenant }),
  parent: taskName(taskId),
  configId: id,
  config: {
    name: pushConfigName(taskId, id),
    pushNotificationConfig: writePushConfig({ ...config, id }),
  },
});

const WRITERS: Writers = {
  SendMessage: send,
  SendStreamingMessage: send,
  GetTask: named,
  ListTasks: () => {
    throw listingNotSupported();
  },
  CancelTask: named,
  SubscribeToTask: named,
  CreateTaskPushNotificationConfig: newPushConfig,
  GetTaskPushNotificationConfig: onePushConfig,
  ListTaskPushNotificationConfigs: ({ taskId, ...rest }) => ({
    ...rest,
    parent: taskName(taskId),
  }),
  DeleteTaskPushNotificationConfig: onePushConfig,
  GetExtendedAgentCard: (request) => request,
};

/** The request message of an operation. */
export function writeProtoJsonRequest(
  operation: Operation,
  request: object,
): object {
  const write = WRITERS[operation] as (request: object) => object;
  return write(request);
}
