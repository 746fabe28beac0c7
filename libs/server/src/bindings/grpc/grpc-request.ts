import { type Metadata } from '@grpc/grpc-js';

/** What a request is made of. */
export interface GrpcRequestParts {
  /** Such as `/lf.a2a.v1.A2AService/GetTask`. */
  readonly path: string;
  readonly metadata: Metadata;
  /** The address of the caller, with its port. */
  readonly peer: string;
  /** Decodes the message. */
  readonly decode: () => unknown;
}

/**
 * A call over gRPC as guards and resolvers see it that know HTTP: the metadata
 * are its headers, the procedure is its URL. A guard may add members such as
 * `user`.
 */
export class GrpcRequest {
  readonly method = 'POST';
  readonly url: string;
  readonly originalUrl: string;
  /** The metadata; repeated keys joined by commas, binary values left out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>> = {};
  readonly params: Readonly<Record<string, string>> = {};
  /** The address of the caller. */
  readonly ip: string;
  private decoded: { readonly message: unknown } | undefined;
  private readonly decode: () => unknown;

  constructor({ path, metadata, peer, decode }: GrpcRequestParts) {
    this.url = path;
    this.originalUrl = path;
    this.headers = toHeaders(metadata);
    this.ip = peer.replace(/:\d+$/, '');
    this.decode = decode;
  }

  /**
   * The message in its JSON form, not validated. It is decoded when somebody
   * asks for it first.
   *
   * @throws A2AError `INVALID_REQUEST`, `INVALID_PARAMS`
   */
  get body(): unknown {
    this.decoded ??= { message: this.decode() };
    return this.decoded.message;
  }
}

function toHeaders(metadata: Metadata): Record<string, string> {
  const entries = Object.keys(metadata.getMap())
    .filter((key) => !key.endsWith('-bin'))
    .map((key): [string, string] => [key, metadata.get(key).join(', ')]);
  // Unlike an assignment, this makes `__proto__` a key like any other.
  return Object.fromEntries(entries);
}
