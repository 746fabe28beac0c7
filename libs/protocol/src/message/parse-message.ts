import { isJsonObject, jsonValue, metadata } from '../validation/json-value.js';
import { list } from '../validation/list.js';
import {
  expected,
  object,
  optional,
  optionalText,
  required,
} from '../validation/object.js';
import { oneOf } from '../validation/one-of.js';
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

const partContent = oneOf<Part>(
  { text, raw: base64, url: nonEmptyText, data: jsonValue },
  { nullable: ['data'] },
);

const partInfo = object<PartInfo>({
  metadata: optional(metadata),
  filename: optionalText(text),
  mediaType: optionalText(text),
});

/** A part: exactly one of `text`, `raw`, `url` and `data`; `data: null` is there (A2A §4.1.6). */
export const partParser: Parser<Part> = (value, at, context) => {
  if (!isJsonObject(value)) {
    return context.refuse(at, 'Must be an object');
  }
  const content = partContent(value, at, context);
  const info = partInfo(value, at, context);
  return content && Object.assign(content, info);
};

/** The parts of a message or an artifact. */
export const partsParser = list(partParser, {
  least: 1,
  most: ({ limits }) => limits.parts,
});

/** The `parts` member of a message or an artifact. */
export const partsField = expected(partsParser, () => []);

/** A list of URIs or media types. */
export const textsParser = list(nonEmptyText);

/** A message (A2A §4.1.4). */
export const messageParser: Parser<Message> = object<Message>({
  messageId: required(id),
  contextId: optionalText(id),
  taskId: optionalText(id),
  role: required(enumeration(MESSAGE_ROLES)),
  parts: partsField,
  metadata: optional(metadata),
  extensions: optional(textsParser),
  referenceTaskIds: optional(list(id)),
});
