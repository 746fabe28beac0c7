/** A binding and a version that a client is to speak. */
export interface Dialect {
  readonly binding: 'JSONRPC' | 'HTTP+JSON' | 'GRPC';
  readonly version: '1.0' | '0.3';
}

/**
 * A client of either side. What goes in and comes out is the JSON of A2A 1.0,
 * whatever goes over the wire.
 */
export interface InteropClient {
  send(params: object): Promise<any>;
  stream(params: object): AsyncIterable<any>;
  subscribe(taskId: string): AsyncIterable<any>;
  get(params: { id: string; historyLength?: number }): Promise<any>;
  list(params: object): Promise<any>;
  cancel(taskId: string): Promise<any>;
  createPush(config: { taskId: string; url: string }): Promise<any>;
  getPush(taskId: string, id: string): Promise<any>;
  listPushes(taskId: string): Promise<any>;
  deletePush(taskId: string, id: string): Promise<void>;
  extendedCard(): Promise<any>;
  /** The reason of an error, as in `google.rpc.ErrorInfo`. */
  reasonOf(error: unknown): string;
  close(): Promise<void>;
}

/** The card of an agent with only those of its interfaces that speak a dialect. */
export async function cardFor(
  url: string,
  { binding, version }: Dialect,
): Promise<any> {
  const headers = { 'A2A-Version': '1.0' };
  const response = await fetch(`${url}/.well-known/agent-card.json`, {
    headers,
  });
  const { supportedInterfaces, ...card } = (await response.json()) as any;
  const speaks = (one: any) =>
    one.protocolBinding === binding && one.protocolVersion === version;
  return { ...card, supportedInterfaces: supportedInterfaces.filter(speaks) };
}
