import { type Operation } from '../../operations/operation.js';
import { isJsonObject } from '../../validation/json-value.js';
import { memberOf } from '../../validation/object.js';
import { fromV03Card } from '../card/from-v03-card.js';
import { given } from '../given.js';
import { firstOf, pick, readList } from './members.js';
import { readEvent } from './read-event.js';
import { readTaskPushConfig } from './read-push-config.js';
import { listingNotSupported } from './read-request.js';
import { readTask } from './read-task.js';
import { type V03Reader } from './v03-context.js';

/** The configurations of a task: a bare list on JSON-RPC, a page in the protocol buffers. */
const readConfigsPage: V03Reader = (value, at, context) => {
  if (!isJsonObject(value)) {
    const configs = readList(readTaskPushConfig, value, { at, context });
    return given({ configs });
  }
  const path = memberOf(at, 'configs');
  return given({
    ...pick(value, 'nextPageToken'),
    configs: readList(readTaskPushConfig, firstOf(value, 'configs'), {
      at: path,
      context,
    }),
  });
};

/** Whatever an agent answers to a deletion, it says nothing. */
const readDeletion: V03Reader = () => ({});

const readCard: V03Reader = (value) => fromV03Card(value);

const READERS: Readonly<Record<Operation, V03Reader>> = {
  SendMessage: readEvent,
  SendStreamingMessage: readEvent,
  GetTask: readTask,
  ListTasks: () => {
    throw listingNotSupported();
  },
  CancelTask: readTask,
  SubscribeToTask: readEvent,
  CreateTaskPushNotificationConfig: readTaskPushConfig,
  GetTaskPushNotificationConfig: readTaskPushConfig,
  ListTaskPushNotificationConfigs: readConfigsPage,
  DeleteTaskPushNotificationConfig: readDeletion,
  GetExtendedAgentCard: readCard,
};

/** Reads the answer to an operation, in any form that agents of 0.3 send. */
export function resultReader(operation: Operation): V03Reader {
  return READERS[operation];
}
