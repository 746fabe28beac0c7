import { type JsonObject } from '../json.js';
import { isJsonObject, jsonValue, metadata } from '../validation/json-value.js';
import {
  list,
  memberOf,
  object,
  optional,
  required,
} from '../validation/object.js';
import { presentMember } from '../validation/one-of.js';
import { type Parser } from '../validation/parse-context.js';
import {
  base64,
  enumeration,
  id,
  nonEmptyText,
  text,
} from '../validation/scalars.js';
import { MESSAGE_ROLES, type Message } from './message.js';
import { type Part, type PartInfo } from './part.js';

const CONTENT = {
  text,
  raw: base64,
  url: nonEmptyText,
  data: jsonValue,
} satisfies Record<string, Parser<unknown>>;

const partInfo = object<PartInfo>({
  metadata: optional(metadata),
  filename: optional(text),
  mediaType: optional(text),
});

/** A part: exactly one of `text`, `raw`, `url` and `data`; `data: null` is there (A2A §4.1.6). */
export const partParser: Parser<Part> = (value, at, context) => {
  if (!isJsonObject(value)) {
    return context.refuse(at, 'Must be an object');
  }
  const nullable = ['data'];
  const present = presentMember(value, CONTENT, { at, context, nullable });
  const info = partInfo(value, at, context);
  if (!present) {
    return undefined;
  }
  const { name } = present;
  const parse = CONTENT[name as keyof typeof CONTENT];
  const content = parse(present.value, memberOf(at, name), context);
  return content === undefined
    ? undefined
    : ({ [name]: content, ...info } as Part);
};

/** The parts of a message or an artifact. */
export const partsParser = list(partParser, {
  least: 1,
  most: ({ limits }) => limits.parts,
});

/** A list of URIs or media types. */
export const textsParser = list(nonEmptyText);

/** A message (A2A §4.1.4). */
export const messageParser: Parser<Message> = object<Message>({
  messageId: required(id),
  contextId: optional(id),
  taskId: optional(id),
  role: required(enumeration(MESSAGE_ROLES)),
  parts: required(partsParser),
  metadata: optional<JsonObject>(metadata),
  extensions: optional(textsParser),
  referenceTaskIds: optional(list(id)),
});
