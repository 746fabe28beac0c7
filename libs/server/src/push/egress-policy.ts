import { type EgressPolicy } from '@nest-a2a/egress';
import { type PushOptions } from '../options/a2a-module-options.js';

/** The options that say where webhooks may be. */
export type WebhookAddresses = Pick<
  PushOptions,
  | 'allowHttp'
  | 'allowPrivateNetworks'
  | 'allow'
  | 'deny'
  | 'ports'
  | 'requireAllowlist'
  | 'tenants'
>;

/**
 * Where the webhooks of a tenant may be: the same rules at registration and at
 * each connection. What is denied to all stays denied; what a tenant's own list
 * opens is open for that tenant alone.
 */
export function egressPolicyOf(
  push: WebhookAddresses,
  tenant: string,
): EgressPolicy {
  const { allowHttp, allowPrivateNetworks, ports } = push;
  // Tenants have names that strangers choose, such as `constructor`.
  const own = Object.hasOwn(push.tenants, tenant) ? push.tenants[tenant] : {};
  return {
    allowHttp,
    allowPrivateNetworks,
    ports,
    allow: [...push.allow, ...(own?.allow ?? [])],
    deny: [...push.deny, ...(own?.deny ?? [])],
    requireAllowlist: push.requireAllowlist || own?.requireAllowlist === true,
  };
}
