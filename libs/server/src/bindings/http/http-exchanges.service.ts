import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { OpenExchanges } from '../open-exchanges.service.js';
import {
  HttpExchange,
  type PlatformRequest,
  type PlatformResponse,
} from './http-exchange.js';

/** Makes exchanges of the requests that come over HTTP. */
@Injectable()
export class HttpExchanges {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(OpenExchanges) private readonly open: OpenExchanges,
  ) {}

  /** Begins to answer a request. */
  begin(request: PlatformRequest, response: PlatformResponse): HttpExchange {
    const { httpAdapter } = this.host;
    const exchange = new HttpExchange(httpAdapter, request, response);
    this.open.add(exchange);
    return exchange;
  }
}
