/** What agents of other languages do each in their own way, and all of it is legal or common. */
export interface Manners {
  /** Names of fields in answers of the protocol buffers of 0.3. */
  names: 'camel' | 'snake';
  /** The HTTP status of what made something. */
  created: 200 | 201 | 202;
  /** Bodies of errors of HTTP+JSON; 1.0 knows the last only. */
  errors: 'code' | 'type' | 'class' | 'problem';
  /** The field `data` of errors of JSON-RPC. */
  errorData: unknown;
  /** What a deletion is answered with. */
  deleted: 'nothing' | 'null' | 'object' | 'absent';
  /** How tasks may be subscribed to over HTTP+JSON, and what the other verb is answered. */
  subscribe: 'both' | 'GET, else 405' | 'GET, else 404';
  /** The first event of a subscription. */
  resumes: 'with the task' | 'without a task';
  /** How a message is named in an answer of the protocol buffers of 0.3. */
  message: 'message' | 'msg';
  /** The form of the extended card. */
  card: 'tagged' | 'proto';
  /** Whether an error in a stream has an event type. */
  errorEvent: 'event: error\n' | '';
  /** How event streams are written. */
  sse: (frames: readonly string[]) => string[];
}

export const USUAL: Manners = {
  names: 'camel',
  created: 200,
  errors: 'problem',
  errorData: undefined,
  deleted: 'object',
  subscribe: 'both',
  resumes: 'with the task',
  message: 'message',
  card: 'proto',
  errorEvent: 'event: error\n',
  sse: (frames) => frames.map(dataOf),
};

/** As far from the usual as agents are. */
export const UNUSUAL: Partial<Manners> = {
  names: 'snake',
  created: 201,
  errors: 'type',
  deleted: 'nothing',
  subscribe: 'GET, else 405',
  resumes: 'without a task',
  message: 'msg',
  card: 'tagged',
  sse: (frames) => [': hello\n\n', ...frames.map(dataOf), ': bye'],
};

/** What streams look like. Each string is written by itself. */
export const SSE_MANNERS: Readonly<Record<string, Manners['sse']>> = {
  'as usual': USUAL.sse,
  'without a blank line at the end': (frames) => [
    frames.map(dataOf).join('').trimEnd(),
  ],
  'with comments and pings': (frames) =>
    frames.flatMap((frame) => [': ping\n\n', `:\n${dataOf(frame)}`, ':\n\n']),
  'with CRLF': (frames) =>
    frames.map((frame) => dataOf(frame).replaceAll('\n', '\r\n')),
  'with CR': (frames) =>
    frames.map((frame) => dataOf(frame).replaceAll('\n', '\r')),
  'with several lines of data': (frames) =>
    frames.map((frame) => {
      const pretty = JSON.stringify(JSON.parse(frame), null, 1);
      return `data: ${pretty.split('\n').join('\ndata: ')}\n\n`;
    }),
  'without a space after the colon': (frames) =>
    frames.map((frame) => `data:${frame}\n\n`),
  'with event types, ids and delays': (frames) =>
    frames.map(
      (frame, at) => `event: message\nid: ${at}\nretry: 10\n${dataOf(frame)}`,
    ),
  'byte by byte': (frames) => [...frames.map(dataOf).join('')],
  'with a byte order mark': (frames) => ['\uFEFF', ...frames.map(dataOf)],
};

export function dataOf(frame: string): string {
  return `data: ${frame}\n\n`;
}
