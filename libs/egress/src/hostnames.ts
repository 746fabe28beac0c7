const MAX_NAME_LENGTH = 253;
const LABEL = /^[a-z0-9_-]{1,63}$/;

/** Top-level names that never exist in the public DNS. */
const LOCAL_SUFFIXES: readonly string[] = [
  '.localhost',
  '.local',
  '.localdomain',
  '.internal',
  '.intranet',
  '.private',
  '.corp',
  '.home',
  '.lan',
  '.home.arpa',
];

const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** Removes the brackets that a URL puts around an IPv6 address. */
export function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** Removes the dot of a fully qualified name: both spellings are one host. */
export function withoutTrailingDot(hostname: string): string {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
}

/** True for a name of letters, digits, `-` and `_` within the lengths of RFC 1035. */
export function isDnsName(hostname: string): boolean {
  return (
    hostname.length <= MAX_NAME_LENGTH &&
    hostname.split('.').every((label) => LABEL.test(label))
  );
}

/**
 * The form a URL parser gives to a host name (lower case, punycode), without
 * trailing dot; `undefined` when the text holds anything but a host name.
 */
export function canonicalHostname(name: string): string | undefined {
  const url = URL.canParse(`http://${name}`)
    ? new URL(`http://${name}`)
    : undefined;
  const hostname = withoutTrailingDot(url?.hostname ?? '');
  const isBareHost =
    url?.href === `http://${url?.hostname}/` && !/[/\\\s@:?#]/.test(name);
  return isBareHost && isDnsName(hostname) ? hostname : undefined;
}

/** True for names that lead to this machine or its network, by their form alone. */
export function isLocalName(hostname: string): boolean {
  return (
    !hostname.includes('.') ||
    LOCAL_SUFFIXES.some((suffix) => hostname.endsWith(suffix))
  );
}

/** True for the names of cloud metadata endpoints, which stay closed always. */
export function isMetadataName(hostname: string): boolean {
  return METADATA_NAMES.has(hostname);
}
