import { type EgressPolicy } from './egress-policy.js';

const HTTPS_PORTS: ReadonlySet<number> = new Set([443, 8443]);
const HTTP_PORT = 80;

/**
 * Services that do harm when they are sent an HTTP request, or that answer one
 * with secrets. `allowPrivateNetworks` does not open them; `ports` does.
 */
const SERVICE_PORTS: ReadonlySet<number> = new Set([
  ...[21, 22, 23, 3389, 5900], // remote access and file transfer
  ...[25, 110, 143, 465, 587, 993, 995], // mail
  ...[53, 69, 111, 123, 135, 137, 138, 139, 161, 445, 873, 2049], // network services
  ...[88, 389, 636, 3268, 3269], // directories
  ...[1433, 1521, 3306, 5432, 5984, 6379, 9042, 9200, 9300, 11211, 27017], // data stores
  ...[1883, 4369, 5672, 9092, 2181, 2379, 2380], // brokers and coordination
  ...[2375, 2376, 6443, 8500, 10250, 10255], // container and cluster control
]);

/** Whether a policy admits a port; `isPrivateHost`: the URL names a private host. */
export function isPortAllowed(
  port: number,
  isPrivateHost: boolean,
  policy: Readonly<Required<EgressPolicy>>,
): boolean {
  if (policy.ports.includes(port) || HTTPS_PORTS.has(port)) {
    return true;
  }
  if (policy.allowHttp && port === HTTP_PORT) {
    return true;
  }
  return (
    policy.allowPrivateNetworks &&
    isPrivateHost &&
    port !== 0 &&
    !SERVICE_PORTS.has(port)
  );
}
