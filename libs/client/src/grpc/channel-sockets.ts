import { type Socket } from 'node:net';
import { type ChannelCredentials } from '@grpc/grpc-js';

/** What `@grpc/grpc-js` hands its connected sockets to. */
interface SecureConnector {
  connect(socket: Socket): Promise<unknown>;
}

interface CredentialsInternals {
  _createSecureConnector?(...args: unknown[]): SecureConnector;
}

/**
 * The sockets of one channel, to close them all. `@grpc/grpc-js` only closes
 * connections that are complete: with a server that leaves the handshake
 * unanswered, a channel that is closed would keep the process alive. Where its
 * insides have changed, that is so again.
 */
export class ChannelSockets {
  readonly #open = new Set<Socket>();
  #isClosed = false;

  /** Credentials like those given, whose sockets are known here. */
  watch(credentials: ChannelCredentials): ChannelCredentials {
    const internals = credentials as unknown as CredentialsInternals;
    if (typeof internals._createSecureConnector !== 'function') {
      return credentials;
    }
    const create = internals._createSecureConnector.bind(internals);
    const value = (...args: unknown[]) => this.#watched(create(...args));
    return Object.create(credentials, {
      _createSecureConnector: { value },
    }) as ChannelCredentials;
  }

  /** Destroys every socket, those to come too, and waits until they are closed. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const closing = [...this.#open].map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.once('close', () => resolve());
          socket.destroy();
        }),
    );
    await Promise.all(closing);
  }

  #watched(connector: SecureConnector): SecureConnector {
    const connect = connector.connect.bind(connector);
    connector.connect = (socket) => {
      this.#add(socket);
      return connect(socket);
    };
    return connector;
  }

  #add(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    if (this.#isClosed) {
      socket.destroy();
    }
  }
}
