import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo } from 'node:net';
import { type StreamResponse } from '@nest-a2a/protocol';
import { FORBIDDEN_HOST, RECEIVER_HOST } from '../fleet/addresses.js';
import { type WebhookReceived } from '../history/history.js';
import { type Recorder } from '../history/recorder.js';
import { taskIdOf } from './stream-response.js';

/** What a receiver does with a request. */
export type ReceiverMood = WebhookReceived['answer'] | 'throttled';

/** Decides the mood for each request to a webhook, by its number. */
export type Moods = (request: number) => ReceiverMood;

const RETRY_AFTER_SECONDS = 1;

interface Hook {
  readonly tenant: string;
  readonly moods: Moods;
  requests: number;
}

/** Receivers whose behaviour is decided beforehand, and a place that nobody may call. */
export class WebhookReceivers {
  private readonly hooks = new Map<string, Hook>();
  private readonly server = createServer(
    (request, response) => void this.receive(request, response),
  );
  private readonly forbidden: Server;

  constructor(private readonly recorder: Recorder) {
    this.forbidden = createServer((request, response) => {
      this.noteForbidden(request);
      response.end();
    });
  }

  async listen(): Promise<void> {
    this.server.listen(0, RECEIVER_HOST);
    this.forbidden.listen(0, FORBIDDEN_HOST);
    await Promise.all([
      once(this.server, 'listening'),
      once(this.forbidden, 'listening'),
    ]);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** An address that a webhook must not have. */
  get forbiddenUrl(): string {
    const { port } = this.forbidden.address() as AddressInfo;
    return `http://${FORBIDDEN_HOST}:${port}/inside`;
  }

  /** The URL of a new webhook. */
  register(
    configId: string,
    { tenant, moods }: { tenant: string; moods: Moods },
  ): string {
    this.hooks.set(configId, { tenant, moods, requests: 0 });
    return `http://${RECEIVER_HOST}:${this.port}/${configId}`;
  }

  async close(): Promise<void> {
    for (const server of [this.server, this.forbidden]) {
      server.closeAllConnections();
      server.close();
    }
  }

  private async receive(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const startedAt = Date.now();
    const configId = (request.url ?? '').slice(1);
    const hook = this.hooks.get(configId);
    const body = await bytesOf(request).catch(() => undefined);
    if (!hook || !body) {
      // Nobody has registered this path: a redirect was followed.
      if (!hook) this.noteForbidden(request);
      response.destroy();
      return;
    }
    const mood = hook.moods(hook.requests++);
    const status = answer(mood, response);
    this.recorder.note({
      ...factsOf(request, body),
      kind: 'webhook',
      configId,
      tenant: hook.tenant,
      startedAt,
      answeredAt: Date.now(),
      answer: mood === 'throttled' ? 'refused' : mood,
      ...(status !== undefined && { status }),
      ...(mood === 'throttled' && {
        retryAfterMs: RETRY_AFTER_SECONDS * 1_000,
      }),
    });
  }

  private noteForbidden({ url = '' }: IncomingMessage): void {
    this.recorder.note({ kind: 'forbidden', at: Date.now(), path: url });
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** @returns the status that was sent, if any */
function answer(
  mood: ReceiverMood,
  response: ServerResponse,
): number | undefined {
  switch (mood) {
    case 'taken':
      return send(response, 200);
    case 'refused':
      return send(response, 500);
    case 'throttled':
      return send(response, 429, { 'Retry-After': RETRY_AFTER_SECONDS });
    case 'redirected':
      return send(response, 307, { Location: '/elsewhere' });
    case 'processedButReset':
      response.socket?.resetAndDestroy();
      return undefined;
    case 'hung':
      return undefined;
  }
}

function send(
  response: ServerResponse,
  status: number,
  headers: Record<string, string | number> = {},
): number {
  response.writeHead(status, headers).end();
  return status;
}

function factsOf({ headers }: IncomingMessage, bytes: Buffer) {
  const body = JSON.parse(bytes.toString()) as StreamResponse;
  return {
    taskId: taskIdOf(body),
    webhookId: String(headers['webhook-id']),
    seq: Number(headers['a2a-event-sequence']),
    previousSeq: Number(headers['a2a-previous-sequence']),
    bodyHash: createHash('sha256').update(bytes).digest('hex'),
    body,
  };
}
