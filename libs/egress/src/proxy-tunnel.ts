import { request as httpRequest, type ClientRequest } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { EgressError } from './egress-error.js';
import { type ProxyTarget } from './egress-proxy.js';

/** A proxy, and what its certificate is verified with. */
export interface TunnelProxy {
  readonly proxy: ProxyTarget;
  readonly secureContext: SecureContext;
}

/** Where a tunnel leads, and who waits for it. */
export interface TunnelRequest {
  /** Checked. The proxy is told this and no name. */
  readonly address: string;
  readonly port: number;
  /** Gives the tunnel up while it is opened; later it does nothing. */
  readonly signal: AbortSignal;
  /** Told of the socket to the proxy as soon as there is one. */
  readonly onSocket: (socket: Socket) => void;
}

/**
 * A socket whose other end is the address, once the proxy says so. Nothing of
 * the request is sent before.
 * @throws EgressError `proxy-failed`
 */
export async function openTunnel(
  { proxy, secureContext }: TunnelProxy,
  { address, port, signal, onSocket }: TunnelRequest,
): Promise<Socket> {
  const socket = connectTo(proxy, secureContext);
  // Whoever uses it hears of its end by the close.
  socket.on('error', () => undefined);
  onSocket(socket);
  const giveUp = () => socket.destroy();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await answerOf(ask(socket, proxy, authorityOf(address, port)));
  } catch (cause) {
    socket.destroy();
    throw new EgressError('proxy-failed', { cause });
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** The proxy answered, and not that there is a tunnel. */
export class ProxyRefusal extends Error {
  override readonly name = 'ProxyRefusal';

  constructor(readonly status: number) {
    super(`The proxy answered ${status}`);
  }
}

function connectTo(
  { host, port, isTls, servername }: ProxyTarget,
  secureContext: SecureContext,
): Socket {
  if (!isTls) {
    return connectTcp({ host, port });
  }
  // Said explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect.
  const rejectUnauthorized = true;
  const tls = { secureContext, rejectUnauthorized, servername };
  return connectTls({ host, port, ...tls });
}

function ask(
  socket: Socket,
  { headers }: ProxyTarget,
  authority: string,
): ClientRequest {
  return httpRequest({
    method: 'CONNECT',
    path: authority,
    headers: { ...headers, host: authority },
    // No agent: one of Node's could know of a proxy of the environment.
    createConnection: () => socket,
    insecureHTTPParser: false,
  }).end();
}

function answerOf(request: ClientRequest): Promise<Socket> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    // Also an answer that refuses ends here: none to CONNECT has a body for us.
    request.once('connect', ({ statusCode = 0 }, socket, head) => {
      if (statusCode < 200 || statusCode > 299) {
        reject(new ProxyRefusal(statusCode));
      } else if (head.length > 0) {
        reject(new Error('The proxy sent more than its answer'));
      } else {
        resolve(socket);
      }
    });
    request.once('close', () =>
      reject(new Error('The proxy closed the connection')),
    );
  });
}

function authorityOf(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}
