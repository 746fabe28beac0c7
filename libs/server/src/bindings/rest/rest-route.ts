import {
  type HttpExchange,
  type PlatformParams,
} from '../http/http-exchange.js';
import { type RoutePattern } from '../http/route-pattern.js';
import { type RestRequest } from './rest-requests.js';

/** A route of HTTP+JSON, below the path of an agent. */
export interface RestRoute extends RoutePattern {
  /** Name of the controller's method, for logs. */
  readonly name: string;
  /** Reads the request. @throws A2AError */
  decode(params: PlatformParams, exchange: HttpExchange): RestRequest;
}
