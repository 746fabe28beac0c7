import { A2A_MEDIA_TYPE } from '@nest-a2a/protocol';
import { type Content } from './open-api.js';

/** JSON, by the media type of A2A and by the plain one: both are read and both can be asked for. */
export function jsonContent(content: Content): Record<string, Content> {
  return { [A2A_MEDIA_TYPE]: content, 'application/json': content };
}
