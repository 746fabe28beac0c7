import { A2A_MEDIA_TYPE, contentTypeNotSupported } from '@nest-a2a/protocol';
import { isMediaTypeIn } from '../../access/media-types.js';
import { type HttpExchange } from './http-exchange.js';

const JSON_MEDIA_TYPE = 'application/json';
const READABLE = [JSON_MEDIA_TYPE, A2A_MEDIA_TYPE];

/**
 * Refuses a body that says it is something else than JSON in UTF-8, or that is
 * compressed. One that does not say is taken for JSON; what is said about a GET
 * or DELETE, which have no body, does not count.
 *
 * @throws A2AError `CONTENT_TYPE_NOT_SUPPORTED`
 */
export function assertJsonContent(exchange: HttpExchange): void {
  if (exchange.request.method !== 'POST') {
    return;
  }
  const encoding = exchange.header('content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    throw contentTypeNotSupported(encoding);
  }
  const contentType = exchange.header('content-type');
  if (contentType !== undefined) {
    assertJson(contentType);
  }
}

function assertJson(contentType: string): void {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(contentType)?.[1];
  const isUtf8 = charset === undefined || /^utf-?8$/i.test(charset);
  if (!isMediaTypeIn(contentType, READABLE) || !isUtf8) {
    throw contentTypeNotSupported(contentType);
  }
}

/** The media type of an answer on HTTP+JSON: ours, unless the caller takes only plain JSON. */
export function acceptedMediaType(exchange: HttpExchange): string {
  const accepted = (exchange.header('accept') ?? '*/*').split(',');
  const takesOurs = isMediaTypeIn(A2A_MEDIA_TYPE, accepted);
  const isPlain = !takesOurs && isMediaTypeIn(JSON_MEDIA_TYPE, accepted);
  return isPlain ? JSON_MEDIA_TYPE : A2A_MEDIA_TYPE;
}
