import {
  artifactParser,
  type Artifact,
  type FieldViolation,
  type JsonObject,
  messageParser,
  ParseContext,
  type Parser,
  type Part,
  type ValidationLimits,
} from '@nest-a2a/protocol';
import { type MessageBody } from '../tasks/new-events.js';
import { InvalidOutputError } from './turn.errors.js';

/** Text, or parts. */
export type Content = string | Part | readonly Part[];

/** A message with the data of extensions, which stand under their URIs (A2A §4.6.2). */
export interface MessageInput {
  readonly parts: Content;
  readonly metadata?: JsonObject;
  /** URIs of the extensions that the message makes use of. */
  readonly extensions?: readonly string[];
}

/** What a worker says: text, parts, or a message with more than those. */
export type MessageContent = Content | MessageInput;

/** An artifact, or a chunk of one. */
export interface ArtifactInput {
  /** @default a new id */
  readonly artifactId?: string;
  readonly name?: string;
  readonly description?: string;
  readonly parts: Content;
  readonly metadata?: JsonObject;
  readonly extensions?: readonly string[];
  /** The parts continue those that the artifact has. @default false */
  readonly append?: boolean;
  /** No further chunks follow. @default true, but false for a chunk that is appended */
  readonly lastChunk?: boolean;
}

/** What a message says, checked and independent of what the worker does with its objects later. */
export function toMessageBody(
  content: MessageContent,
  limits: ValidationLimits,
): MessageBody {
  const input: MessageInput = isMessageInput(content)
    ? content
    : { parts: content };
  const { parts, metadata, extensions } = input;
  const value = {
    // The runtime gives the id; one stands here for the parser.
    messageId: '-',
    role: 'ROLE_AGENT',
    parts: detachedParts(parts),
    ...(metadata && { metadata: jsonCopy(metadata) }),
    ...(extensions && { extensions: [...extensions] }),
  };
  const { messageId, role, ...body } = read(
    messageParser,
    { value, at: '' },
    limits,
  );
  return body;
}

function isMessageInput(content: MessageContent): content is MessageInput {
  return typeof content === 'object' && 'parts' in content;
}

/** The artifact of some input, checked and independent of it. */
export function toArtifact(
  input: ArtifactInput & { artifactId: string },
  limits: ValidationLimits,
): Artifact {
  const { append, lastChunk, parts, metadata, ...rest } = input;
  const value = {
    ...rest,
    parts: detachedParts(parts),
    ...(metadata && { metadata: jsonCopy(metadata) }),
  };
  return read(artifactParser, { value, at: '' }, limits);
}

/** A copy that holds what JSON can hold. @throws TypeError for what JSON cannot, such as a cycle */
export function jsonCopy(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

/** Strings need no copy: only `data` and `metadata` can change behind our back. */
function detachedParts(content: Content): unknown[] {
  const parts =
    typeof content === 'string' ? [{ text: content }] : [content].flat();
  return parts.map((part) => {
    const { metadata, ...rest } = part;
    return {
      ...rest,
      ...('data' in rest && { data: jsonCopy(rest.data) }),
      ...(metadata && { metadata: jsonCopy(metadata) }),
    };
  });
}

function read<T>(
  parser: Parser<T>,
  { value, at }: { value: unknown; at: string },
  limits: ValidationLimits,
): T {
  const context = new ParseContext('request', limits);
  const result = parser(value, at, context);
  if (result === undefined || context.violations.length > 0) {
    throw new InvalidOutputError(describe(context.violations));
  }
  return result;
}

function describe(violations: readonly FieldViolation[]): string {
  return violations
    .map(({ field, description }) => `${field}: ${description}`)
    .join('; ');
}
