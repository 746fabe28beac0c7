import { isJsonObject } from '../../validation/json-value.js';
import { given } from '../given.js';
import { parsePushConfigName, type PushConfigName } from '../resource-names.js';
import { firstOf, objectReader, pick, textOrNone } from './members.js';
import { type V03Context, type V03Reader } from './v03-context.js';

/** A configuration as a send request holds it: without its task. */
export const readPushConfig: V03Reader = objectReader((config, _at, context) =>
  given({
    ...pick(config, 'id', 'url', 'token'),
    authentication: readAuthentication(
      firstOf(config, 'authentication'),
      context,
    ),
  }),
);

/**
 * A configuration and its task, in each of the forms that are in use: with ids
 * or with resource names, and wrapped into the request of the protocol buffers
 * or not. What is outside counts more: a route writes it there.
 */
export const readTaskPushConfig: V03Reader = objectReader(
  (outer, at, context) => {
    const wrapped = firstOf(outer, 'config');
    const inner = isJsonObject(wrapped) ? wrapped : outer;
    const config = readInnerConfig(inner, at, context);
    const name = namedBy(firstOf(inner, 'name'));
    return given({
      ...config,
      ...pick(outer, 'tenant'),
      taskId:
        namedBy(firstOf(outer, 'parent'))?.taskId ??
        firstOf(outer, 'taskId') ??
        firstOf(inner, 'taskId') ??
        name?.taskId,
      id:
        textOrNone(config.id) ??
        textOrNone(firstOf(outer, 'configId')) ??
        name?.configId ??
        config.id,
    });
  },
);

function readInnerConfig(
  inner: Record<string, unknown>,
  at: string,
  context: V03Context,
): Record<string, unknown> {
  const nested = firstOf(inner, 'pushNotificationConfig');
  const config = isJsonObject(nested)
    ? nested
    : pick(inner, 'id', 'url', 'token', 'authentication');
  return readPushConfig(config, at, context) as Record<string, unknown>;
}

function namedBy(name: unknown): PushConfigName | undefined {
  return typeof name === 'string' ? parsePushConfigName(name) : undefined;
}

/** 0.3 has a list of schemes, of which the first is used. An empty list without credentials says nothing. */
function readAuthentication(value: unknown, context: V03Context): unknown {
  if (!isJsonObject(value)) {
    return value;
  }
  const schemes = firstOf(value, 'schemes');
  const scheme: unknown = Array.isArray(schemes)
    ? schemes[0]
    : (schemes ?? firstOf(value, 'scheme'));
  const credentials = firstOf(value, 'credentials');
  const isEmpty =
    scheme === undefined &&
    (credentials === undefined || context.strictness === 'response');
  return isEmpty ? undefined : given({ scheme, credentials });
}
