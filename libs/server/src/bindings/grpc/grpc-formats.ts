import { type ProtocolVersion } from '@nest-a2a/protocol';
import { V03_PROTO_JSON } from '@nest-a2a/protocol/v0.3';
import {
  CONTENT_1_0,
  type ContentFormat,
  contentV03,
} from '../formats/content-format.js';

/** What the procedures of each service say in JSON. */
export const GRPC_CONTENT: Readonly<Record<ProtocolVersion, ContentFormat>> =
  Object.freeze({ '1.0': CONTENT_1_0, '0.3': contentV03(V03_PROTO_JSON) });
