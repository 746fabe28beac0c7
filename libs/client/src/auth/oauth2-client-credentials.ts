import { type Credential, UsableCredential } from './credential.js';
import { AUTHORIZATION, type Proof } from './proof.js';
import { type TokenRequest } from './token-request.js';
import { areScopes, type WantedScheme } from './wanted-scheme.js';

/** Options of {@link oauth2ClientCredentials}. */
export interface OAuth2ClientCredentialsOptions {
  readonly clientId: string;
  readonly clientSecret: string;

  /** Asked for in place of the scopes that the card names. @default those of the card */
  readonly scopes?: readonly string[] | undefined;

  /**
   * Where tokens come from: `https`, or `http` at an origin that may get
   * credentials.
   * @default that of the card, at an origin that may get credentials only
   */
  readonly tokenUrl?: string | undefined;

  /** For whom the token is to be, where the authorization server wants that as `audience`. @default none */
  readonly audience?: string | undefined;

  /** The same as RFC 8707 has it. @default none */
  readonly resource?: string | readonly string[] | undefined;

  /** Whether the secret is sent in a header or in the body (RFC 6749 §2.3.1). @default 'basic' */
  readonly clientAuthentication?: 'basic' | 'post' | undefined;

  /** Further parameters of the request for a token. @default {} */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

/** They have options of their own, or are not for the caller to say. */
const OWN_PARAMETERS: readonly string[] = [
  ...['grant_type', 'client_id', 'client_secret'],
  ...['scope', 'audience', 'resource'],
];

/**
 * OAuth 2.0 with the client credentials grant (RFC 6749 §4.4). A token is kept
 * until shortly before it expires or the agent refuses it; calls that need one
 * at the same time ask once.
 *
 * @throws TypeError for options that make no sense
 */
export function oauth2ClientCredentials(
  options: OAuth2ClientCredentialsOptions,
): Credential {
  return new OAuth2Client(options);
}

/** {@link oauth2ClientCredentials}, as requests use it. */
export class OAuth2Client extends UsableCredential {
  readonly kind = 'oauth2ClientCredentials';
  readonly #options: OAuth2ClientCredentialsOptions;

  constructor(options: OAuth2ClientCredentialsOptions) {
    super();
    assertOptions(options);
    this.#options = { ...options };
  }

  /** That of the options. */
  get tokenUrl(): string | undefined {
    return this.#options.tokenUrl;
  }

  proofFor(wanted: WantedScheme): Proof | undefined {
    switch (wanted.kind) {
      case 'oauth2':
        return this.#proof(wanted.scopes, wanted.tokenUrl);
      case 'openIdConnect':
        return this.#proof(wanted.scopes);
      case 'bearer':
        return this.#proof();
      default:
        return undefined;
    }
  }

  override asItIs(): Proof | undefined {
    return this.#proof();
  }

  #proof(scopes: readonly string[] = [], cardUrl?: string): Proof | undefined {
    const url = this.tokenUrl ?? cardUrl;
    if (url === undefined) {
      return undefined;
    }
    const isOfCard = this.tokenUrl === undefined;
    const request = { ...this.#request(scopes), url, isOfCard };
    return {
      place: AUTHORIZATION,
      value: async ({ tokens, refused, signal }) => {
        const token = refused?.replace(/^Bearer /, '');
        return `Bearer ${await tokens.get(request, token, signal)}`;
      },
    };
  }

  #request(scopes: readonly string[]): Omit<TokenRequest, 'url' | 'isOfCard'> {
    const { clientId, clientSecret, clientAuthentication } = this.#options;
    const form = this.#form(this.#options.scopes ?? scopes);
    const key = JSON.stringify([clientId, form.toString()]);
    if (clientAuthentication === 'post') {
      form.set('client_id', clientId);
      form.set('client_secret', clientSecret);
      return { key, body: form.toString() };
    }
    const pair = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
    const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    return { key, body: form.toString(), authorization };
  }

  #form(scopes: readonly string[]): URLSearchParams {
    const { parameters = {}, audience, resource = [] } = this.#options;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      ...parameters,
    });
    if (scopes.length > 0) {
      form.set('scope', [...new Set(scopes)].join(' '));
    }
    if (audience !== undefined) {
      form.set('audience', audience);
    }
    for (const one of [resource].flat()) {
      form.append('resource', one);
    }
    return form;
  }
}

/** RFC 6749 appendix B. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

function assertOptions(options: OAuth2ClientCredentialsOptions): void {
  const { clientId, clientSecret, clientAuthentication, parameters } = options;
  for (const [name, value] of Object.entries({ clientId, clientSecret })) {
    if (typeof value !== 'string' || value === '') {
      throw new TypeError(`${name} must be text and not empty`);
    }
  }
  if (![undefined, 'basic', 'post'].includes(clientAuthentication)) {
    throw new TypeError("clientAuthentication must be 'basic' or 'post'");
  }
  const taken = Object.keys(parameters ?? {}).find((name) =>
    OWN_PARAMETERS.includes(name),
  );
  if (taken !== undefined) {
    throw new TypeError(`parameters must not set ${taken}`);
  }
  if (!areScopes(options.scopes ?? [])) {
    throw new TypeError('scopes must be a list of scopes without spaces');
  }
  assertTokenUrl(options.tokenUrl);
}

function assertTokenUrl(tokenUrl: string | undefined): void {
  if (tokenUrl === undefined) {
    return;
  }
  const url = URL.canParse(tokenUrl) ? new URL(tokenUrl) : undefined;
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!isHttp || url.username !== '' || url.password !== '') {
    throw new TypeError('tokenUrl must be an absolute https URL without user');
  }
}
