import { type IncomingHttpHeaders } from 'node:http';
import {
  type Message,
  type Operation,
  type ProtocolVersion,
  type RequestOf,
} from '@nest-a2a/protocol';

/** The bindings that a fake agent speaks. */
export type FakeBinding = 'JSONRPC' | 'HTTP+JSON';

/** What a fake agent was asked, in the form of A2A 1.0 whatever the version. */
export interface ReceivedRequest {
  readonly operation: Operation;
  readonly params: RequestOf[Operation];
  /** What was sent; `undefined` for operations without a message. */
  readonly message: Message | undefined;
  /** The text of the message; empty without one. */
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
  readonly version: ProtocolVersion;
  readonly binding: FakeBinding;
}
