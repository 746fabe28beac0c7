import {
  type A2AError,
  HTTP_ERRORS,
  toHttpErrorBody,
} from '@nest-a2a/protocol';
import {
  toV03HttpErrorBody,
  V03_HTTP_STATUS,
  V03_PROTO_JSON,
} from '@nest-a2a/protocol/v0.3';
import {
  CONTENT_1_0,
  type ContentFormat,
  contentV03,
} from '../formats/content-format.js';
import { acceptedMediaType } from '../http/content-type.js';
import { type HttpExchange } from '../http/http-exchange.js';

/** How one version of the protocol looks on HTTP+JSON. */
export interface RestFormat extends ContentFormat {
  status(error: A2AError): number;
  errorBody(error: A2AError): object;
  mediaType(exchange: HttpExchange): string;
}

/** A2A 1.0 (§11). */
export const REST_1_0: RestFormat = Object.freeze({
  ...CONTENT_1_0,
  status: ({ code }: A2AError) => HTTP_ERRORS[code],
  errorBody: toHttpErrorBody,
  mediaType: acceptedMediaType,
});

/** A2A 0.3 (§3.2.3 there), under `/v1`. */
export const REST_0_3: RestFormat = Object.freeze({
  ...contentV03(V03_PROTO_JSON),
  status: ({ code }: A2AError) => V03_HTTP_STATUS[code],
  errorBody: toV03HttpErrorBody,
  mediaType: () => 'application/json',
});
