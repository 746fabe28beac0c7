import { type Part } from '@nest-a2a/protocol';
import { type TaskContext } from '@nest-a2a/server';

/** Waits, unless the turn is stopped before. */
export type Pause = (ms: number) => Promise<void>;

/** What the agent does with a message. */
export type Script = (context: TaskContext, pause: Pause) => Promise<void>;

const TEXT = 'Generated text content';
const NAME = { filename: 'output.txt', mediaType: 'text/plain' };
const FILE = { raw: Buffer.from(TEXT).toString('base64'), ...NAME };
const LINK = { url: 'https://example.com/output.txt', ...NAME };

/** One artifact, then the end. */
const artifact =
  (part: Part): Script =>
  (context) =>
    context.complete(part);

const chunked: Script = async (context) => {
  const artifactId = 'chunked';
  const first = { artifactId, parts: 'chunk-1 ', lastChunk: false };
  const last = { artifactId, parts: 'chunk-2', append: true, lastChunk: true };
  await context.emitArtifact(first);
  await context.emitArtifact(last);
  await context.complete();
};

const delayed =
  (ms: number): Script =>
  async (context, pause) => {
    await context.sendStatus('Working');
    await pause(ms);
    await context.complete();
  };

/** What is done for a message whose id starts with the key. */
const SCRIPTS: Readonly<Record<string, Script>> = {
  'tck-complete-task': (context) => context.respond('Hello from TCK'),
  'tck-artifact-text': artifact({ text: TEXT }),
  'tck-artifact-file': artifact(FILE),
  'tck-artifact-file-url': artifact(LINK),
  'tck-artifact-data': artifact({ data: { key: 'value', count: 42 } }),
  'tck-message-response': (context) => context.reply('Direct message response'),
  'tck-input-required': (context) => context.requestInput('More input, please'),
  'tck-auth-required': (context) => context.requestAuth('Please authorize'),
  'tck-reject-task': (context) => context.reject('Rejected'),
  'tck-stream-001': artifact({ text: TEXT }),
  'tck-stream-002': (context) => context.complete(),
  'tck-stream-003': artifact({ text: TEXT }),
  'tck-stream-ordering-001': artifact({ text: TEXT }),
  'tck-stream-artifact-text': artifact({ text: TEXT }),
  'tck-stream-artifact-file': artifact(FILE),
  'tck-stream-artifact-chunked': chunked,
  'test-resubscribe-message-id': delayed(4_000),
  'tck-delayed-complete': delayed(2_000),
};

const LONGEST_FIRST = Object.entries(SCRIPTS).sort(
  ([a], [b]) => b.length - a.length,
);

const anythingElse: Script = (context) => context.complete('Done');

/** The script for a message: that of the longest prefix of its id. */
export function scriptFor(messageId: string): Script {
  const entry = LONGEST_FIRST.find(([prefix]) => messageId.startsWith(prefix));
  return entry?.[1] ?? anythingElse;
}
