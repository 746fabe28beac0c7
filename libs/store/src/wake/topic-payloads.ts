import { type WakeTopic } from '../wake-bus.js';

/** For a NOTIFY PostgreSQL takes less than 8,000 bytes. */
const MAX_PAYLOAD_BYTES = 7_900;
const MAX_TOPICS = 150;

/** What is sent at a time. */
interface Payload {
  /** Who rings, so that it does not hear itself. */
  readonly from: string;
  readonly topics: readonly WakeTopic[];
}

/**
 * Topics as as few payloads as possible. One that is too
 * long for any is left out: a hint may be lost.
 */
export function toPayloads(
  from: string,
  topics: Iterable<WakeTopic>,
): readonly string[] {
  const payloads: string[] = [];
  const overhead = Buffer.byteLength(JSON.stringify({ from, topics: [] }));
  let part: WakeTopic[] = [];
  let bytes = overhead;
  const close = () => {
    if (part.length > 0) {
      payloads.push(JSON.stringify({ from, topics: part } satisfies Payload));
    }
    part = [];
    bytes = overhead;
  };
  for (const topic of topics) {
    const size = Buffer.byteLength(JSON.stringify(topic)) + 1;
    if (bytes + size > MAX_PAYLOAD_BYTES || part.length === MAX_TOPICS) {
      close();
    }
    if (overhead + size <= MAX_PAYLOAD_BYTES) {
      part.push(topic);
      bytes += size;
    }
  }
  close();
  return payloads;
}

/** The topics of a payload that another has sent; none of what is not ours. */
export function fromPayload(
  payload: string,
  ownName: string,
): readonly WakeTopic[] {
  if (payload.length > MAX_PAYLOAD_BYTES) {
    return [];
  }
  const { from, topics } = parse(payload);
  return from !== ownName && Array.isArray(topics)
    ? topics.filter((topic): topic is WakeTopic => typeof topic === 'string')
    : [];
}

function parse(payload: string): Partial<Payload> {
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
