import { isIP } from 'node:net';
import { classifyAddress } from './address-classes.js';
import { EgressError } from './egress-error.js';
import { completePolicy, type EgressPolicy } from './egress-policy.js';
import { HostList } from './host-list.js';
import { isLocalName, isMetadataName, withoutBrackets } from './hostnames.js';
import { MAX_URL_LENGTH, parseHttpUrl, type AdmittedUrl } from './http-url.js';
import { isPortAllowed } from './port-rule.js';

/** Where a connection goes: what the address it uses is judged by. */
export interface Destination {
  readonly origin: string;
  /** Canonical; IPv6 with or without brackets. */
  readonly hostname: string;
}

/**
 * A policy, read once, and the origins that are exempt from it. Judges URLs
 * before a request and addresses at the connection; both are needed, because a
 * name says nothing about the address it resolves to. Immutable.
 */
export class EgressRules {
  readonly #policy: Readonly<Required<EgressPolicy>>;
  readonly #allow: HostList;
  readonly #deny: HostList;
  readonly #trustedOrigins: ReadonlySet<string>;

  /** @throws TypeError for a list entry or trusted origin that cannot be read. */
  constructor(policy?: EgressPolicy, trustedOrigins: readonly string[] = []) {
    this.#policy = completePolicy(policy);
    this.#allow = new HostList(this.#policy.allow);
    this.#deny = new HostList(this.#policy.deny);
    this.#trustedOrigins = new Set(trustedOrigins.map(originOf));
  }

  /**
   * Judges a URL by its text alone and returns its canonical form.
   * @throws EgressError with the code of the first rule it breaks
   */
  admit(input: string): AdmittedUrl {
    this.#assertLength(input);
    const url = parseHttpUrl(input);
    if (this.#isDenied(url.hostname)) {
      throw new EgressError('address-not-allowed');
    }
    if (!this.#trustedOrigins.has(url.origin)) {
      this.#assertByPolicy(url);
    }
    return url;
  }

  /** Judges an address that a connection to the destination would use or uses. */
  allowsAddress(address: string, destination?: Destination): boolean {
    if (this.#deny.hasAddress(address)) {
      return false;
    }
    if (destination && this.#trustedOrigins.has(destination.origin)) {
      return isIP(address) !== 0;
    }
    const isListed = this.#lists(address, destination);
    if (this.#policy.requireAllowlist && !isListed) {
      return false;
    }
    const addressClass = classifyAddress(address);
    const isOpen = isListed || this.#policy.allowPrivateNetworks;
    return addressClass === 'public' || (addressClass === 'private' && isOpen);
  }

  #lists(address: string, destination: Destination | undefined): boolean {
    return (
      this.#allow.hasAddress(address) ||
      (destination !== undefined && this.#allow.hasName(destination.hostname))
    );
  }

  /** Before parsing: the time the parser takes grows faster than a host name. */
  #assertLength(input: string): void {
    const isTrusted = [...this.#trustedOrigins].some((origin) =>
      input.startsWith(`${origin}/`),
    );
    if (input.length > MAX_URL_LENGTH && !isTrusted) {
      throw new EgressError('url-too-long');
    }
  }

  #assertByPolicy(url: AdmittedUrl): void {
    if (url.href.length > MAX_URL_LENGTH) {
      throw new EgressError('url-too-long');
    }
    if (url.protocol === 'http:' && !this.#policy.allowHttp) {
      throw new EgressError('scheme-not-allowed');
    }
    if (!this.#allowsHost(url)) {
      throw new EgressError('address-not-allowed');
    }
    if (!isPortAllowed(url.port, isPrivateHost(url.hostname), this.#policy)) {
      throw new EgressError('port-not-allowed');
    }
  }

  #isDenied(hostname: string): boolean {
    return (
      this.#deny.hasName(hostname) ||
      this.#deny.hasAddress(withoutBrackets(hostname))
    );
  }

  /** A name that is not listed may still resolve to addresses that are: the connection tells. */
  #mayBeListed(name: string): boolean {
    return (
      !this.#policy.requireAllowlist ||
      this.#allow.hasName(name) ||
      this.#allow.hasRanges
    );
  }

  #allowsHost(url: AdmittedUrl): boolean {
    const host = withoutBrackets(url.hostname);
    if (isIP(host)) {
      return this.allowsAddress(host, url);
    }
    if (isMetadataName(host) || !this.#mayBeListed(host)) {
      return false;
    }
    return (
      !isLocalName(host) ||
      this.#policy.allowPrivateNetworks ||
      this.#allow.hasName(host)
    );
  }
}

function isPrivateHost(hostname: string): boolean {
  const host = withoutBrackets(hostname);
  return isIP(host) ? classifyAddress(host) === 'private' : isLocalName(host);
}

function originOf(trusted: string): string {
  try {
    return parseHttpUrl(trusted).origin;
  } catch (cause) {
    throw new TypeError('A trusted origin is not an http(s) origin', { cause });
  }
}
