import { type AddressInfo, type Server } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';

/** What of a request may say under which URL it came. */
export interface ForwardedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * The URL under which the application is reached. Never taken from the `Host`
 * header, which the caller can choose.
 */
@Injectable()
export class PublicUrl {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** Whether the URL depends on what a proxy says. */
  get isForwarded(): boolean {
    return this.options.trustProxy && this.options.publicUrl === undefined;
  }

  /** Absolute, without a slash at its end. */
  of(request: ForwardedRequest): string {
    return (
      this.options.publicUrl ?? this.forwarded(request) ?? this.listening()
    );
  }

  /** What the proxy says, where the operator trusts it. */
  private forwarded({ headers }: ForwardedRequest): string | undefined {
    if (!this.isForwarded) {
      return undefined;
    }
    const host = firstOf(headers['x-forwarded-host']);
    const scheme = firstOf(headers['x-forwarded-proto']) ?? 'https';
    const url = `${scheme}://${host ?? ''}`;
    const isUsable = host !== undefined && URL.canParse(url);
    return isUsable && /^https?:/.test(url) ? new URL(url).origin : undefined;
  }

  /** The address that the server listens on: good for one machine. */
  private listening(): string {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    const scheme = server instanceof TlsServer ? 'https' : 'http';
    const address = server.address();
    return typeof address === 'object' && address
      ? `${scheme}://${hostOf(address)}:${address.port}`
      : `${scheme}://localhost`;
  }
}

const LOCAL_ADDRESSES = ['127.0.0.1', '0.0.0.0', '::1', '::'];

function hostOf({ address, family }: AddressInfo): string {
  if (LOCAL_ADDRESSES.includes(address)) {
    return 'localhost';
  }
  return family === 'IPv6' ? `[${address}]` : address;
}

/** The value that the first proxy has set, the one next to the caller. */
function firstOf(value: string | string[] | undefined): string | undefined {
  const first = [value ?? []].flat()[0]?.split(',')[0]?.trim();
  return first === '' ? undefined : first;
}
