import { type JsonObject, type JsonValue } from '../json.js';

/** What every part may say about its content. */
export interface PartInfo {
  metadata?: JsonObject;
  filename?: string;
  /** Media type (MIME) of the content. */
  mediaType?: string;
}

/** Text. */
export interface TextPart extends PartInfo {
  text: string;
}

/** A file by its content: standard base64 with padding. */
export interface RawPart extends PartInfo {
  raw: string;
}

/** A file by its address. */
export interface UrlPart extends PartInfo {
  url: string;
}

/** Any JSON value, `null` included. */
export interface DataPart extends PartInfo {
  data: JsonValue;
}

/** A piece of content: the one member of `text`, `raw`, `url`, `data` that is there says its kind (A2A `Part`). */
export type Part = TextPart | RawPart | UrlPart | DataPart;

/** The members that tell the kind of a part. */
export type PartKind = 'text' | 'raw' | 'url' | 'data';

/** The kind of a part. */
export function partKind(part: Part): PartKind {
  if ('text' in part) return 'text';
  if ('raw' in part) return 'raw';
  return 'url' in part ? 'url' : 'data';
}

/** The texts of the text parts, put together as they are: chunks of a stream have no separator. */
export function textOf(parts: readonly Part[]): string {
  return parts.map((part) => ('text' in part ? part.text : '')).join('');
}
