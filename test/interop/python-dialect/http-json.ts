import { REFUSALS } from './dialect-agent.js';
import { type Version } from './dialect-cards.js';
import { eventsOf, type Means } from './json-rpc.js';
import { type Manners } from './manners.js';
import { begun, refusalOf, type Reply } from './reply.js';

/** A request of HTTP+JSON; its path begins behind the URL of the interface. */
export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly body: any;
}

type Route = (found: {
  ids: readonly string[];
  request: any;
  means: Means;
}) => Reply;

const ok = (value: unknown): Reply => ({ status: 200, value });

const ROUTES: Readonly<Record<string, Route>> = {
  'POST /message:send': ({ request, means: { agent, words, manners } }) => ({
    status: manners.created,
    value: words.event(agent.send(words.readSend(request))),
  }),
  'POST /message:stream': ({ request, means }) =>
    streamed('send', request, means),
  'GET /tasks': ({ request, means: { agent } }) => ok(agent.list(request)),
  'GET /tasks/*': ({ ids: [id = ''], request, means: { agent, words } }) =>
    ok(words.task(agent.get(id, request.historyLength))),
  'POST /tasks/*:cancel': ({ ids: [id = ''], means: { agent, words } }) =>
    ok(words.task(agent.cancel(id))),
  'POST /tasks/*:subscribe': ({ ids: [id], means }) => {
    const status = { 'GET, else 405': 405, 'GET, else 404': 404, both: 200 };
    return means.manners.subscribe === 'both'
      ? streamed('subscribe', { id }, means)
      : { status: status[means.manners.subscribe] };
  },
  'GET /tasks/*:subscribe': ({ ids: [id], means }) =>
    streamed('subscribe', { id }, means),
  'POST /tasks/*/pushNotificationConfigs': ({ ids: [taskId], ...found }) => {
    const { agent, words, manners } = found.means;
    const push = { ...words.readPush(found.request), taskId };
    const value = words.push(agent.addPush(push));
    return { status: manners.created, value };
  },
  'GET /tasks/*/pushNotificationConfigs': ({ ids: [taskId = ''], means }) =>
    ok(means.words.pushes(means.agent.pushesOf(taskId))),
  'GET /tasks/*/pushNotificationConfigs/*': ({ ids, means }) => {
    const [taskId = '', id = ''] = ids;
    return ok(means.words.push(means.agent.getPush(taskId, id)));
  },
  'DELETE /tasks/*/pushNotificationConfigs/*': ({ ids, means }) => {
    const [taskId = '', id = ''] = ids;
    means.agent.deletePush(taskId, id);
    return deletion(means.manners);
  },
  'GET /extendedAgentCard': ({ means }) => ok(means.extendedCard()),
  'GET /card': ({ means }) => ok(means.extendedCard()),
};

/** Answers a request over HTTP+JSON. */
export function answerHttpJson(
  version: Version,
  { method, path, body }: RestRequest,
  means: Means,
): Reply {
  const { pathname, searchParams } = new URL(path, 'http://x');
  const prefix = version === '1.0' ? '' : '/v1';
  const name = `${method} ${pathname.replace(prefix, '')}`;
  const request = body ?? Object.fromEntries(searchParams);
  for (const [pattern, route] of Object.entries(ROUTES)) {
    const isOther = pattern.endsWith(version === '1.0' ? '/card' : 'Card');
    const found = isOther ? null : matcher(pattern).exec(name);
    if (!found || !pathname.startsWith(prefix)) continue;
    try {
      return route({ ids: found.slice(1), request, means });
    } catch (error) {
      return refusal(error, means.manners);
    }
  }
  return { status: 404, value: { detail: 'Not Found' } };
}

function matcher(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('*', '([^/:]+)')}$`);
}

function streamed(
  kind: 'send' | 'subscribe',
  request: any,
  means: Means,
): Reply {
  const events = begun(eventsOf(kind, request, means));
  const { words, manners } = means;
  return {
    frames: (function* () {
      for (const event of events) yield words.event(event);
    })(),
    errorOf: (error) => bodyOf(error, manners.errors),
  };
}

function deletion({ deleted }: Manners): Reply {
  if (deleted === 'nothing') return { status: 204 };
  if (deleted === 'absent') return { status: 200 };
  return ok(deleted === 'null' ? null : {});
}

function refusal(error: unknown, manners: Manners): Reply {
  const { errors: form } = manners;
  return {
    status: REFUSALS[refusalOf(error).code][1],
    value: bodyOf(error, form),
    ...(form === 'problem' && { type: 'application/problem+json' }),
  };
}

function bodyOf(error: unknown, form: Manners['errors']): object {
  const { code, message } = refusalOf(error);
  const [rpcCode, httpStatus, status, reason] = REFUSALS[code];
  if (form === 'code') return { code: rpcCode, message };
  if (form === 'type') return { type: code, message };
  if (form === 'class') return { error: `io.a2a.spec.${code}`, message };
  const domain = 'a2a-protocol.org';
  const info = 'type.googleapis.com/google.rpc.ErrorInfo';
  const details = [{ '@type': info, reason, domain, metadata: {} }];
  return { error: { code: httpStatus, status, message, details } };
}
