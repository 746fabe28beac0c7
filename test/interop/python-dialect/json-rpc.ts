import { type DialectAgent, REFUSALS } from './dialect-agent.js';
import { type Version } from './dialect-cards.js';
import { type Manners } from './manners.js';
import { begun, refusalOf, type Reply } from './reply.js';
import { type Words } from './words.js';

/** What a server has for a call. */
export interface Means {
  readonly agent: DialectAgent;
  readonly words: Words;
  readonly manners: Manners;
  readonly extendedCard: () => object;
}

type Methods = Readonly<Record<string, (params: any, means: Means) => unknown>>;

const V03: Methods = {
  'message/send': (params, { agent, words }) =>
    words.event(agent.send(words.readSend(params))),
  'tasks/get': ({ id, historyLength }, { agent, words }) =>
    words.task(agent.get(id, historyLength)),
  'tasks/cancel': ({ id }, { agent, words }) => words.task(agent.cancel(id)),
  'tasks/pushNotificationConfig/set': (params, { agent, words }) =>
    words.push(agent.addPush(words.readPush(params))),
  'tasks/pushNotificationConfig/get': (params, { agent, words }) =>
    words.push(agent.getPush(params.id, params.pushNotificationConfigId)),
  'tasks/pushNotificationConfig/list': ({ id }, { agent, words }) =>
    words.pushes(agent.pushesOf(id)),
  'tasks/pushNotificationConfig/delete': (params, { agent }) =>
    agent.deletePush(params.id, params.pushNotificationConfigId),
  'agent/getAuthenticatedExtendedCard': (_, { extendedCard }) => extendedCard(),
};

const V1: Methods = {
  SendMessage: (params, { agent, words }) => agent.send(words.readSend(params)),
  GetTask: ({ id, historyLength }, { agent }) => agent.get(id, historyLength),
  ListTasks: (params, { agent }) => agent.list(params),
  CancelTask: ({ id }, { agent }) => agent.cancel(id),
  CreateTaskPushNotificationConfig: (params, { agent }) =>
    agent.addPush(params),
  GetTaskPushNotificationConfig: ({ taskId, id }, { agent }) =>
    agent.getPush(taskId, id),
  ListTaskPushNotificationConfigs: ({ taskId }, { agent, words }) =>
    words.pushes(agent.pushesOf(taskId)),
  DeleteTaskPushNotificationConfig: ({ taskId, id }, { agent }) =>
    agent.deletePush(taskId, id),
  GetExtendedAgentCard: (_, { extendedCard }) => extendedCard(),
};

const STREAMS: Readonly<Record<string, 'send' | 'subscribe'>> = {
  'message/stream': 'send',
  'tasks/resubscribe': 'subscribe',
  SendStreamingMessage: 'send',
  SubscribeToTask: 'subscribe',
};

/** Answers a request over JSON-RPC: always with HTTP 200, and the method names of one version. */
export function answerJsonRpc(
  version: Version,
  { id, method, params = {} }: any,
  means: Means,
): Reply {
  const methods = version === '1.0' ? V1 : V03;
  const wrap = (members: object) => ({ jsonrpc: '2.0', id, ...members });
  const errorOf = (error: unknown) =>
    wrap({ error: toError(error, means.manners) });
  const isOfVersion = (version === '0.3') === method.includes('/');
  try {
    const stream = isOfVersion && STREAMS[method];
    if (stream) {
      return { frames: framesOf(stream, params, { means, wrap }), errorOf };
    }
    const call = methods[method];
    if (!call) return { status: 200, value: wrap({ error: NO_METHOD }) };
    const result = call(params, means);
    return /delete/i.test(method)
      ? deletion(means.manners, wrap)
      : { status: 200, value: wrap({ result }) };
  } catch (error) {
    return { status: 200, value: errorOf(error) };
  }
}

const NO_METHOD = { code: -32601, message: 'Method not found' };

function framesOf(
  stream: 'send' | 'subscribe',
  params: any,
  { means, wrap }: { means: Means; wrap: (members: object) => object },
): Iterable<unknown> {
  const { words } = means;
  const events = begun(eventsOf(stream, params, means));
  return (function* () {
    for (const event of events) yield wrap({ result: words.event(event) });
  })();
}

/** What both bindings stream. */
export function eventsOf(
  stream: 'send' | 'subscribe',
  params: any,
  { agent, words, manners }: Means,
): Generator<any> {
  return stream === 'send'
    ? agent.take(words.readSend(params))
    : agent.follow(params.id, manners.resumes === 'with the task');
}

function deletion(
  { deleted }: Manners,
  wrap: (members: object) => object,
): Reply {
  if (deleted === 'nothing') return { status: 204 };
  if (deleted === 'absent') return { status: 200, value: wrap({}) };
  const result = deleted === 'null' ? null : {};
  return { status: 200, value: wrap({ result }) };
}

function toError(error: unknown, { errorData: data }: Manners): object {
  const { code, message } = refusalOf(error);
  return { code: REFUSALS[code][0], message, data };
}
