import { type EgressPolicy } from '@nest-a2a/egress';
import { type ResolvedPush } from '../options/resolved-options.js';

/** Where webhooks may be: the same rules at registration and at each connection. */
export function egressPolicyOf(push: ResolvedPush): EgressPolicy {
  const { allowHttp, allowPrivateNetworks, allow, deny, ports } = push;
  return { allowHttp, allowPrivateNetworks, allow, deny, ports };
}
