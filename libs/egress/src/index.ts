export { classifyAddress, type AddressClass } from './address-classes.js';
export { admitUrl, isAddressAllowed } from './admit-url.js';
export {
  type ClientCertificate,
  clientContextFor,
  type OriginCertificate,
} from './client-certificate.js';
export {
  EgressError,
  isEgressError,
  type EgressErrorCode,
} from './egress-error.js';
export { assertProxy, type EgressProxy } from './egress-proxy.js';
export { DEFAULT_EGRESS_POLICY, type EgressPolicy } from './egress-policy.js';
export {
  createGuardedClients,
  type GuardedClients,
  type GuardedClientsOptions,
} from './guarded-clients.js';
export {
  createGuardedHttp,
  type GuardedHttp,
  type GuardedHttpOptions,
} from './guarded-http.js';
export {
  type GuardedRequest,
  type GuardedResponse,
  type RequestMethod,
} from './guarded-request.js';
export { isHeaderValue, isReservedHeader, isToken } from './header-values.js';
export { type AdmittedUrl } from './http-url.js';
export { type ResolvedAddress, type ResolveHost } from './pinned-lookup.js';
export {
  type DestinationRules,
  resolveDestination,
} from './resolve-destination.js';
export { toEgressError } from './to-egress-error.js';
