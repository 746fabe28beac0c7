import { unsupportedOperation } from '../../errors/a2a-errors.js';
import { type Operation } from '../../operations/operation.js';
import { memberOf } from '../../validation/object.js';
import { given } from '../given.js';
import { parsePushConfigName, parseTaskName } from '../resource-names.js';
import { firstOf, objectReader, pick } from './members.js';
import { readMessage } from './read-message.js';
import { readPushConfig, readTaskPushConfig } from './read-push-config.js';
import { type V03Context, type V03Reader } from './v03-context.js';

const readSend: V03Reader = objectReader((request, at, context) =>
  given({
    ...pick(request, 'tenant', 'metadata'),
    message: readMessage(
      firstOf(request, 'message', 'request'),
      memberOf(at, 'message'),
      context,
    ),
    configuration: readConfiguration(
      firstOf(request, 'configuration'),
      memberOf(at, 'configuration'),
      context,
    ),
  }),
);

const readConfiguration: V03Reader = objectReader(
  (configuration, at, context) => {
    const { sendPushConfig } = context.form;
    const push = firstOf(
      configuration,
      'pushNotificationConfig',
      'pushNotification',
    );
    return given({
      ...pick(configuration, 'acceptedOutputModes'),
      taskPushNotificationConfig: readPushConfig(
        push,
        memberOf(at, sendPushConfig),
        context,
      ),
      historyLength: readHistoryLength(configuration, context),
      returnImmediately: readBlocking(firstOf(configuration, 'blocking')),
    });
  },
);

/** Where it is not said, the caller waits; that is the default of 1.0 too. */
function readBlocking(blocking: unknown): unknown {
  if (blocking === true) {
    return undefined;
  }
  return blocking === false ? true : blocking;
}

function readHistoryLength(
  object: Record<string, unknown>,
  { form }: V03Context,
): unknown {
  const length = firstOf(object, 'historyLength');
  const isUnset = form.isZeroUnset && (length === 0 || length === '0');
  return isUnset ? undefined : length;
}

const readGetTask: V03Reader = objectReader((request, at, context) =>
  given({
    ...pick(request, 'tenant'),
    id: readTaskId(request, at, context),
    historyLength: readHistoryLength(request, context),
  }),
);

const readCancelTask: V03Reader = objectReader((request, at, context) =>
  given({
    ...pick(request, 'tenant', 'metadata'),
    id: readTaskId(request, at, context),
  }),
);

const readSubscribe: V03Reader = objectReader((request, at, context) =>
  given({
    ...pick(request, 'tenant'),
    id: readTaskId(request, at, context),
  }),
);

/** The form with resource names prefers them, as a route writes one too; the other form has ids. */
function readTaskId(
  request: Record<string, unknown>,
  at: string,
  context: V03Context,
): unknown {
  const id = firstOf(request, 'id');
  return id !== undefined && context.form.hasKinds
    ? id
    : (readName(parseTaskName, firstOf(request, 'name'), {
        at: memberOf(at, 'name'),
        context,
      }) ?? id);
}

function readName<T>(
  parse: (name: string) => T | undefined,
  name: unknown,
  { at, context }: { at: string; context: V03Context },
): T | undefined {
  if (name === undefined) {
    return undefined;
  }
  return (
    (typeof name === 'string' ? parse(name) : undefined) ??
    context.refuse(at, 'Must be a resource name such as tasks/{id}')
  );
}

/**
 * By resource name, else with `taskId` and `id` as in 1.0, else `id` is the
 * task's. The id of the configuration may be missing: then the first one is
 * meant.
 */
const readOnePushConfig: V03Reader = objectReader((request, at, context) => {
  const tenant = pick(request, 'tenant');
  const name = context.form.hasKinds ? undefined : firstOf(request, 'name');
  if (name !== undefined) {
    const path = { at: memberOf(at, 'name'), context };
    const named = readName(parsePushConfigName, name, path);
    return given({ ...tenant, taskId: named?.taskId, id: named?.configId });
  }
  if (firstOf(request, 'taskId') !== undefined) {
    return { ...tenant, ...pick(request, 'taskId', 'id') };
  }
  const id = firstOf(request, 'pushNotificationConfigId', 'configId');
  return given({
    ...tenant,
    taskId: firstOf(request, 'id'),
    // An empty one is none (ProtoJSON).
    id: id === '' ? undefined : id,
  });
});

const readListPushConfigs: V03Reader = objectReader((request, at, context) => {
  const parent = context.form.hasKinds ? undefined : firstOf(request, 'parent');
  const path = { at: memberOf(at, 'parent'), context };
  const named = readName(parsePushConfigName, parent, path);
  return given({
    ...pick(request, 'tenant', 'pageSize', 'pageToken'),
    taskId: named?.taskId ?? firstOf(request, 'taskId', 'id'),
  });
});

const readCardRequest: V03Reader = objectReader((request) =>
  pick(request, 'tenant'),
);

const READERS: Readonly<Record<Operation, V03Reader>> = {
  SendMessage: readSend,
  SendStreamingMessage: readSend,
  GetTask: readGetTask,
  ListTasks: () => {
    throw listingNotSupported();
  },
  CancelTask: readCancelTask,
  SubscribeToTask: readSubscribe,
  CreateTaskPushNotificationConfig: readTaskPushConfig,
  GetTaskPushNotificationConfig: readOnePushConfig,
  ListTaskPushNotificationConfigs: readListPushConfigs,
  DeleteTaskPushNotificationConfig: readOnePushConfig,
  GetExtendedAgentCard: readCardRequest,
};

/** Reads the request of an operation, in any form that clients of 0.3 send. No request at all is an empty one. */
export function requestReader(operation: Operation): V03Reader {
  return (value, at, context) => READERS[operation](value ?? {}, at, context);
}

/** What stands for ListTasks, which came with 1.0. */
export function listingNotSupported(): Error {
  return unsupportedOperation('A2A 0.3 cannot list tasks');
}
