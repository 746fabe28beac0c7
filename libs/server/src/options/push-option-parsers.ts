import { assertProxy } from '@nest-a2a/egress';
import { type Parser, schema } from '@nest-a2a/protocol';
import {
  type PushProxyOptions,
  type TenantPushOptions,
} from './a2a-module-options.js';
import { group } from './option-names.js';

const { boolean, list, nonEmptyText, optional, record, required } = schema;

/** What differs for single tenants. */
export const tenantsParser: Parser<Record<string, TenantPushOptions>> = record(
  group<TenantPushOptions>({
    allow: optional(list(nonEmptyText)),
    deny: optional(list(nonEmptyText)),
    requireAllowlist: optional(boolean),
  }),
);

const proxyFields: Parser<PushProxyOptions> = group<PushProxyOptions>({
  url: required(nonEmptyText),
  authorization: optional(nonEmptyText),
});

/** The proxy for webhooks. What is said of a wrong one repeats nothing of it. */
export const proxyParser: Parser<PushProxyOptions> = (value, at, context) => {
  const proxy = proxyFields(value, at, context);
  if (proxy === undefined) {
    return undefined;
  }
  try {
    assertProxy(proxy);
    return proxy;
  } catch (error) {
    return context.refuse(at, (error as TypeError).message);
  }
};
