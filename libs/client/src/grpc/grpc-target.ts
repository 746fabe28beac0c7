import { isIPv4 } from 'node:net';

/** Where a gRPC server is. */
export interface GrpcTarget {
  /** `https://host:port`, or `http:` without TLS: what a policy judges. */
  readonly origin: string;
  /** Lower case, punycode, no trailing dot; IPv6 in brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly isSecure: boolean;
}

const FORM =
  /^(?:(grpc|grpcs|http|https):\/\/|dns:(?:\/\/\/)?)?([^/?#@\\\s]+)\/?$/i;

/** Whether a scheme means TLS. */
const SCHEMES = new Map([
  ['grpc', false],
  ['http', false],
  ['grpcs', true],
  ['https', true],
]);

/**
 * Reads the URL of a gRPC interface: `host:port` (A2A `AgentInterface.url`), or
 * what is also in use, with one of the schemes `grpc`, `grpcs`, `http`, `https`
 * and `dns`. Where the scheme does not say so there is TLS, but not to this
 * machine itself. Without a port it is that of HTTPS, or of HTTP.
 *
 * @param isSecure says it in place of the URL
 * @returns `undefined` for what has none of these forms
 */
export function parseGrpcTarget(
  url: string,
  isSecure?: boolean,
): GrpcTarget | undefined {
  const [, scheme = '', authority = ''] = FORM.exec(url) ?? [];
  if (authority === '' || !URL.canParse(`https://${authority}`)) {
    return undefined;
  }
  const hostname = canonical(new URL(`https://${authority}`).hostname);
  const hasTls =
    isSecure ?? SCHEMES.get(scheme.toLowerCase()) ?? !isLoopback(hostname);
  const { protocol, port } = new URL(
    `${hasTls ? 'https' : 'http'}://${authority}`,
  );
  const number = Number(port || (hasTls ? 443 : 80));
  const origin = `${protocol}//${hostname}:${number}`;
  return { origin, hostname, port: number, isSecure: hasTls };
}

/** Whether a host is this machine itself. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    (isIPv4(hostname) && hostname.startsWith('127.'))
  );
}

function canonical(hostname: string): string {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
}
