import { etagOf, isKnown } from '../../agent-card/conditional-request.js';
import { type HttpExchange, type ReplyHead } from '../http/http-exchange.js';

/**
 * Answers an extended card (A2A §13.3). It is for this caller alone, who may
 * keep it and ask whether it is still the same: what a caller may see can
 * change at any time.
 */
export function replyCard(
  exchange: HttpExchange,
  body: string,
  { mediaType, headers }: Omit<ReplyHead, 'status'>,
): void {
  const etag = etagOf(body);
  const isSame = isKnown(exchange.header('if-none-match'), etag);
  exchange.reply(isSame ? '' : body, {
    status: isSame ? 304 : 200,
    mediaType,
    headers: { ...headers, 'Cache-Control': 'private, no-cache', ETag: etag },
  });
}
