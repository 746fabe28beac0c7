import { type EgressPolicy } from './egress-policy.js';
import { EgressRules } from './egress-rules.js';
import { type AdmittedUrl } from './http-url.js';

/**
 * The check of a URL that somebody registers: judges the text, asks no resolver
 * and opens no connection, so that answers and their time tell nothing about our
 * network. A name that passes may still be refused at each connection.
 *
 * Store, compare and show only the returned form.
 * @param url what was registered, at most 2,048 characters
 * @throws EgressError `invalid-url`, `url-too-long`, `scheme-not-allowed`,
 * `user-info-not-allowed`, `address-not-allowed` or `port-not-allowed`
 * @throws TypeError for a policy with an entry that cannot be read
 */
export function admitUrl(url: string, policy?: EgressPolicy): AdmittedUrl {
  return new EgressRules(policy).admit(url);
}

/**
 * Whether a connection to this address is allowed. Names in `allow` do not
 * count here, because an address alone has no name.
 * @param address in its usual spelling; anything else is not allowed
 * @throws TypeError for a policy with an entry that cannot be read
 */
export function isAddressAllowed(
  address: string,
  policy?: EgressPolicy,
): boolean {
  return new EgressRules(policy).allowsAddress(address);
}
