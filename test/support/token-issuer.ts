import { type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { newKeyPair } from '@nest-a2a/protocol';

export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'https://agent.example';

/** What differs from a token that is good. */
export interface TokenOptions {
  claims?: JWTPayload;
  header?: Record<string, unknown>;
  /** @default in ten minutes; false for never */
  expires?: string | number | Date | false;
  issuer?: string;
  audience?: string;
  key?: KeyObject | Uint8Array;
}

/** Makes tokens, and publishes its keys on a real HTTP server. */
export class TokenIssuer {
  /** How often the keys were asked for. */
  requests = 0;
  /** Answers in place of the keys, where a test wants that. */
  answer: RequestListener | undefined;
  private published: JWK[] = [];
  private key!: KeyObject;
  private kid = '';
  private server!: Server;

  static async start(): Promise<TokenIssuer> {
    const issuer = new TokenIssuer();
    await issuer.rotate('k1');
    await issuer.listen();
    return issuer;
  }

  get jwksUrl(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/jwks.json`;
  }

  get jwks(): { keys: JWK[] } {
    return { keys: this.published };
  }

  /** Signs with a new key from now on, which alone is published. */
  async rotate(kid: string): Promise<void> {
    const { publicKey, privateKey } = newKeyPair('ec', {
      namedCurve: 'P-256',
    });
    const jwk = await exportJWK(publicKey);
    this.key = privateKey;
    this.kid = kid;
    this.published = [{ ...jwk, kid, alg: 'ES256', use: 'sig' }];
  }

  token({
    claims = {},
    header = {},
    expires = '10m',
    issuer = ISSUER,
    audience = AUDIENCE,
    key = this.key,
  }: TokenOptions = {}): Promise<string> {
    const jwt = new SignJWT({ sub: 'alice', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: this.kid, ...header })
      .setIssuedAt()
      .setIssuer(issuer)
      .setAudience(audience);
    if (expires !== false) jwt.setExpirationTime(expires);
    return jwt.sign(key);
  }

  /** The headers of a request with such a token. */
  async bearer(options?: TokenOptions): Promise<Record<string, string>> {
    return { Authorization: `Bearer ${await this.token(options)}` };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async listen(): Promise<void> {
    this.server = createServer((request, response) => {
      this.requests += 1;
      if (this.answer) return this.answer(request, response);
      response.setHeader('Content-Type', 'application/jwk-set+json');
      response.end(JSON.stringify(this.jwks));
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }
}

/** A token that claims to need no signature. */
export function unsignedToken(claims: object): string {
  const part = (value: object) =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}
