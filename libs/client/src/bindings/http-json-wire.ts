import {
  A2A_MEDIA_TYPE,
  type A2AError,
  fromHttpErrorBody,
  isJsonObject,
  type Operation,
  type ProtocolVersion,
} from '@nest-a2a/protocol';
import { fromV03HttpErrorBody, V03_PROTO_JSON } from '@nest-a2a/protocol/v0.3';
import { type Route, ROUTES, V03_ROUTES } from './http-json-routes.js';

/** What differs between the versions over HTTP+JSON. */
export interface HttpJsonWire {
  readonly routes: Readonly<Record<Operation, Route>>;
  /** The media type of requests. */
  readonly mediaType: string;
  /** The media types of answers, the preferred first. */
  readonly accept: string;

  /**
   * The fields of a request, for its path, its query or its body. Where agents
   * read different forms there are several: the next for who refuses one.
   *
   * @throws A2AError `UNSUPPORTED_OPERATION` for what the version cannot ask
   */
  toFields(operation: Operation, request: object): readonly object[];

  fromResult(operation: Operation, result: unknown): unknown;
  fromEvent(event: unknown): unknown;
  fromError(httpStatus: number, body: unknown): A2AError;

  /** Whether a body is an error of the protocol, not one of whatever serves the routes. */
  isError(body: unknown): boolean;
}

const JSON_MEDIA_TYPE = 'application/json';

const V1_WIRE: HttpJsonWire = {
  routes: ROUTES,
  mediaType: A2A_MEDIA_TYPE,
  accept: `${A2A_MEDIA_TYPE}, ${JSON_MEDIA_TYPE}`,
  toFields: (_operation, request) => [request],
  fromResult: (_operation, result) => result,
  fromEvent: (event) => event,
  fromError: fromHttpErrorBody,
  isError: (body) => isJsonObject(body) && isJsonObject(body.error),
};

const V03_WIRE: HttpJsonWire = {
  routes: V03_ROUTES,
  mediaType: JSON_MEDIA_TYPE,
  accept: JSON_MEDIA_TYPE,
  toFields: toV03Fields,
  fromResult: (operation, result) =>
    V03_PROTO_JSON.readResult(operation, result),
  fromEvent: (event) => V03_PROTO_JSON.readEvent(event),
  fromError: fromV03HttpErrorBody,
  isError: (body) =>
    isJsonObject(body) &&
    ['code', 'type', 'error'].some((name) => body[name] !== undefined),
};

/** The forms of each version. */
export const HTTP_JSON_WIRES: Readonly<Record<ProtocolVersion, HttpJsonWire>> =
  Object.freeze({ '1.0': V1_WIRE, '0.3': V03_WIRE });

/** What the protocol buffers name by a path is in the path of the route. */
function toV03Fields(operation: Operation, request: object): object[] {
  const inPath = pathFieldsOf(V03_ROUTES[operation], request);
  const written = V03_PROTO_JSON.writeRequest(operation, request) as Record<
    string,
    unknown
  >;
  if (operation === 'CreateTaskPushNotificationConfig') {
    // The procedure's annotation wants the configuration alone, most agents read the whole request.
    return [written, written.config as object].map((body) => ({
      ...inPath,
      ...body,
    }));
  }
  const { name: _name, parent: _parent, ...rest } = written;
  return [{ ...inPath, ...rest }];
}

function pathFieldsOf({ path }: Route, request: object): object {
  return Object.fromEntries(
    Object.entries(request).filter(([name]) => path.includes(`{${name}}`)),
  );
}
