/**
 * Which destinations outbound requests may reach. Every field is optional; an
 * omitted field has the value of {@link DEFAULT_EGRESS_POLICY}.
 *
 * A list entry is a host name (`hooks.example.com`), a pattern for all names
 * below a suffix (`*.example.com`), an address (`10.0.0.7`, `fd12::7`) or a
 * CIDR range (`10.0.0.0/8`). An entry that is none of them is a `TypeError`
 * where the policy is used first.
 */
export interface EgressPolicy {
  /**
   * Admits `http:` beside `https:`, and port 80.
   * @default false
   */
  readonly allowHttp?: boolean;

  /**
   * Opens loopback, RFC 1918, unique local and carrier-grade NAT addresses,
   * local names such as `localhost`, and nearly every port on them. For
   * development. Cloud metadata endpoints, link-local, unspecified, multicast,
   * broadcast and reserved addresses stay closed.
   * @default false
   */
  readonly allowPrivateNetworks?: boolean;

  /**
   * Hosts and addresses that may be reached although they are private. An
   * allowed name may resolve to private addresses. Opens no port, and nothing
   * that `allowPrivateNetworks` would not open.
   * @default []
   */
  readonly allow?: readonly string[];

  /**
   * Hosts and addresses that are refused, whatever else allows them.
   * @default []
   */
  readonly deny?: readonly string[];

  /**
   * Refuses every host that `allow` does not list: by its name, or by each
   * address that it resolves to. Listed hosts obey all the other rules.
   * @default false
   */
  readonly requireAllowlist?: boolean;

  /**
   * Ports admitted on every host beside 443 and 8443. The only way to open the
   * port of a known service such as SSH, SMTP or Redis.
   * @default []
   */
  readonly ports?: readonly number[];
}

/** The values of omitted policy fields: public addresses, https, 443 and 8443. */
export const DEFAULT_EGRESS_POLICY: Readonly<Required<EgressPolicy>> =
  Object.freeze({
    allowHttp: false,
    allowPrivateNetworks: false,
    allow: Object.freeze([]),
    deny: Object.freeze([]),
    requireAllowlist: false,
    ports: Object.freeze([]),
  });

/** The policy with its defaults filled in; an `undefined` field is an omitted one. */
export function completePolicy(
  policy: EgressPolicy = {},
): Readonly<Required<EgressPolicy>> {
  const given = Object.entries(policy).filter(
    ([, value]) => value !== undefined,
  );
  // Own fields only: a polluted prototype opens nothing.
  return { ...DEFAULT_EGRESS_POLICY, ...Object.fromEntries(given) };
}
