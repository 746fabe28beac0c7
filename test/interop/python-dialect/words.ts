import { type Dialect } from './dialect-cards.js';
import {
  fromKindMessage,
  fromKindPush,
  toKindPush,
  toKinds,
  toKindTask,
} from './kind-forms.js';
import { type Manners } from './manners.js';
import {
  camel,
  fromProtoMessage,
  toProto,
  toProtoPush,
  toProtoTask,
} from './proto-forms.js';

/** How a version says things over a binding. Within the agent it is 1.0. */
export interface Words {
  /** @throws TypeError for what is not of this dialect */
  readSend(written: any): any;
  readPush(written: any): any;
  event(event: any): unknown;
  task(task: any): unknown;
  push(push: any): unknown;
  pushes(pushes: any[]): unknown;
}

const same = (value: any): unknown => value;

const V1_WORDS: Words = {
  readSend: (written) => {
    const { role, kind, content, parts } = written.message;
    const hasKind = kind || parts?.some((part: any) => part.kind);
    if (role !== 'ROLE_USER' || hasKind || content || written.request) {
      throw new TypeError('Not a message of the user');
    }
    return written;
  },
  readPush: same,
  event: same,
  task: same,
  push: same,
  pushes: (configs) => ({ configs }),
};

const KIND_WORDS: Words = {
  readSend: ({ message, configuration = {} }) => {
    const { blocking, pushNotificationConfig: push } = configuration;
    return {
      message: fromKindMessage(message),
      configuration: {
        returnImmediately: blocking === false,
        ...(push && { taskPushNotificationConfig: fromKindPush(push) }),
      },
    };
  },
  readPush: ({ taskId, pushNotificationConfig: push }) => ({
    ...fromKindPush(push),
    taskId,
  }),
  event: toKinds,
  task: toKindTask,
  push: toKindPush,
  pushes: (pushes) => pushes.map(toKindPush),
};

const protoWords = (manners: Manners): Words => ({
  readSend: (written) => {
    const { message, request = message, configuration = {} } = camel(written);
    const { blocking, pushNotification: push } = configuration;
    return {
      message: fromProtoMessage(request),
      configuration: {
        returnImmediately: blocking === false,
        ...(push && { taskPushNotificationConfig: fromKindPush(push) }),
      },
    };
  },
  readPush: (written) => {
    // The whole request, which others leave out.
    const { config, configId: id } = camel(written);
    if (!config) throw new TypeError('There is no configuration');
    return {
      ...fromKindPush(config.pushNotificationConfig),
      ...(id && { id }),
    };
  },
  event: (event) => toProto(event, manners),
  task: (task) => toProtoTask(task, manners),
  push: (push) => toProtoPush(push, manners),
  pushes: (pushes) => ({
    configs: pushes.map((push) => toProtoPush(push, manners)),
  }),
});

export function wordsOf(
  { version, binding }: Dialect,
  manners: Manners,
): Words {
  if (version === '1.0') return V1_WORDS;
  return binding === 'JSONRPC' ? KIND_WORDS : protoWords(manners);
}
