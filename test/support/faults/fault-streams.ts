import { type ServerResponse } from 'node:http';
import { type Story } from './story.js';

/** How an agent streams. */
export interface StreamManners {
  /** Whether events have ids, and where. @default no ids */
  ids?: 'before the data' | 'behind the data';
  /** Whether the task goes on while nobody reads. */
  whenCut: 'waits' | 'goes on';
  /** How a subscription begins that names no event. */
  resumes: 'with the task' | 'without a task';
  /** What a subscriber of a finished task is told. @default 'refused' */
  whenOver?: 'refused' | 'nothing' | 'the task';
  /** How it is cut. @default 'reset' */
  cutBy?: 'reset' | 'end' | 'silence';
  /** How lines end. @default '\n' */
  lineEnd?: '\n' | '\r\n';
}

/** Who reads a stream. */
export interface StreamReader {
  readonly response: ServerResponse;
  readonly wrap: (result: unknown) => unknown;
  readonly isResumed: boolean;
  readonly lastEventId: string | string[] | undefined;
}

/** Writes a story, as far as it is not cut. What is written, if only the first byte of it, has happened. */
export function writeStory(
  story: Story,
  reader: StreamReader,
  manners: StreamManners,
): void {
  const { response, wrap, isResumed } = reader;
  if (!response.headersSent) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
  }
  const cut = story.cuts.shift() ?? Infinity;
  const from = firstOf(story, reader, manners);
  const frames: Buffer[] = [];
  let size = 0;
  const add = (value: object, id: number) => {
    const frame = frameOf(wrap(value), id, manners);
    frames.push(frame);
    size += frame.length;
  };
  const hasTask = from === undefined && manners.resumes === 'with the task';
  // Whoever sends a known message again is told what is, as a subscriber is.
  if ((isResumed && hasTask) || (!isResumed && story.happened > 0)) {
    add({ task: story.snapshot() }, story.happened - 1);
  }
  const start = from ?? story.happened;
  if (isResumed && story.isOver && manners.whenOver === 'nothing') {
    response.end();
    return;
  }
  for (let at = start; at < story.events.length && size < cut; at += 1) {
    add(story.events[at] ?? {}, at);
    story.happened = Math.max(story.happened, at + 1);
  }
  if (size < cut) story.streamBytes ||= size;
  send(Buffer.concat(frames), cut, { response, manners });
  if (size >= cut && manners.whenCut === 'goes on') story.finish();
}

/** Where a reader goes on who names an event. */
function firstOf(
  story: Story,
  { lastEventId }: StreamReader,
  { ids }: StreamManners,
): number | undefined {
  if (!ids || lastEventId === undefined) return undefined;
  const last = Number(lastEventId);
  const isKnown = Number.isInteger(last) && last >= 0 && last < story.happened;
  return isKnown ? last + 1 : undefined;
}

function frameOf(
  value: unknown,
  id: number,
  { ids, lineEnd = '\n' }: StreamManners,
): Buffer {
  const data = `data: ${JSON.stringify(value)}`;
  const lines = {
    'before the data': [`id: ${id}`, data],
    'behind the data': [data, `id: ${id}`],
  };
  const written = ids ? lines[ids] : [data];
  return Buffer.from([...written, '', ''].join(lineEnd));
}

function send(
  bytes: Buffer,
  cut: number,
  { response, manners }: { response: ServerResponse; manners: StreamManners },
): void {
  if (bytes.length < cut) {
    response.end(bytes);
    return;
  }
  const { cutBy = 'reset' } = manners;
  const end = () => {
    if (cutBy === 'end') response.end();
    if (cutBy === 'reset') response.socket?.resetAndDestroy();
  };
  if (cut > 0) response.write(bytes.subarray(0, cut), end);
  else end();
}
