import { type StreamResponse } from '@nest-a2a/protocol';
import {
  type ClientBinding,
  type HistoryEntry,
  type Operation,
  type StreamClosed,
  type StreamOpened,
  type WebhookReceived,
} from '../../history/history.js';
import { TaskVersions } from '../task-versions.js';
import { type LogBuilder } from './log-builder.js';

/** A call of somebody of the tenant `acme`. */
export function operation(
  op: Operation['op'],
  [startedAt, endedAt]: readonly [number, number],
  facts: Partial<Operation> = {},
): Operation {
  return {
    kind: 'operation',
    op,
    client: 'c1',
    binding: 'JSONRPC',
    tenant: 'acme',
    startedAt,
    endedAt,
    outcome: 'ok',
    request: {},
    ...facts,
  };
}

/** What a stream is, and what of the log it shows. */
export interface StreamSample {
  readonly stream: string;
  readonly at: number;
  readonly binding?: ClientBinding;
  readonly by?: 'send' | 'subscribe';
  readonly messageId?: string;
  readonly lastEventId?: number;
  /** The version that it begins with. */
  readonly from: number;
  /** The last event that it shows. */
  readonly to: number;
  readonly how: StreamClosed['how'];
}

/** A stream from its beginning to its end; frames come every 10 milliseconds. */
export function streamOf(
  log: LogBuilder,
  sample: StreamSample,
): HistoryEntry[] {
  const { stream, at, from, to, how, binding = 'JSONRPC' } = sample;
  const hasIds = binding !== 'GRPC';
  const events = log.events.filter(
    ({ seq, eventKind }) =>
      seq > from &&
      seq <= to &&
      ['statusUpdate', 'artifactUpdate'].includes(eventKind),
  );
  const seen = [
    { seq: from, body: { task: log.taskAt(from) } },
    ...events.map(({ seq, body }) => ({ seq, body })),
  ];
  const frames = seen.map(({ seq, body }, index) => ({
    kind: 'frame' as const,
    stream,
    at: at + 10 * (index + 1),
    response: body as StreamResponse,
    ...(hasIds && { id: seq }),
  }));
  const closedAt = at + 10 * (frames.length + 1);
  return [
    { ...openedOf(log, sample), binding },
    ...frames,
    { kind: 'streamClosed', stream, at: closedAt, how },
  ];
}

function openedOf(
  { ids }: LogBuilder,
  { stream, at, by = 'subscribe', messageId, lastEventId }: StreamSample,
): Omit<StreamOpened, 'binding'> {
  return {
    kind: 'streamOpened',
    stream,
    reader: stream.split('#')[0] ?? stream,
    tenant: ids.tenant,
    at,
    by,
    ...(by === 'subscribe' && { taskId: ids.taskId }),
    ...(messageId !== undefined && { messageId }),
    ...(lastEventId !== undefined && { lastEventId }),
  };
}

/** A request to a webhook, answered after 5 milliseconds. */
export function webhook(
  log: LogBuilder,
  configId: string,
  request: Pick<WebhookReceived, 'seq' | 'previousSeq' | 'startedAt'> &
    Partial<WebhookReceived>,
): WebhookReceived {
  const { taskId, tenant } = log.ids;
  const { seq, startedAt } = request;
  return {
    kind: 'webhook',
    taskId,
    configId,
    tenant,
    answeredAt: startedAt + 5,
    webhookId: `evt_${taskId}_${configId}_${seq}`,
    bodyHash: `hash of ${seq}`,
    body: payloadOf(log, seq),
    answer: 'taken',
    ...request,
  };
}

/** An artifact that came in chunks is sent whole. */
function payloadOf(log: LogBuilder, seq: number): StreamResponse {
  const event = new TaskVersions(log.dumped(1)).event(seq);
  const body = event?.body as StreamResponse;
  if ('statusUpdate' in body) {
    return body;
  }
  const { artifacts, contextId = '', id: taskId } = log.taskAt(seq);
  const [artifact] = artifacts ?? [];
  if (!artifact) {
    throw new Error(`No artifact at ${seq}`);
  }
  return { artifactUpdate: { taskId, contextId, artifact, lastChunk: true } };
}
