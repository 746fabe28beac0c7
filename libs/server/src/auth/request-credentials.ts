import { type CredentialRequest } from '../access/authenticator.js';

/** A header, or the metadata of gRPC of that name; `undefined` where there is none or it is empty. */
export function headerOf(
  { headers }: CredentialRequest,
  name: string,
): string | undefined {
  const key = name.toLowerCase();
  const value = Object.hasOwn(headers, key) ? headers[key] : undefined;
  const text = Array.isArray(value) ? value.join(',') : value;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** The last query parameter of that name, whatever parser the application uses. */
export function queryOf(
  { originalUrl, url }: CredentialRequest,
  name: string,
): string | undefined {
  const [, query = ''] = (originalUrl ?? url).split(/\?(.*)/s);
  return new URLSearchParams(query).getAll(name).at(-1) || undefined;
}

/** The first cookie of that name. */
export function cookieOf(
  request: CredentialRequest,
  name: string,
): string | undefined {
  const pairs = (headerOf(request, 'cookie') ?? '').split(';');
  const found = pairs
    .map((pair) => pair.split(/=(.*)/s))
    .find(([key]) => key?.trim() === name);
  const value = found?.[1]?.trim().replace(/^"(.*)"$/, '$1');
  return value || undefined;
}

/** The token of `Authorization: Bearer`. */
export function bearerTokenOf(request: CredentialRequest): string | undefined {
  const value = headerOf(request, 'authorization') ?? '';
  return /^bearer +(\S.*)$/i.exec(value.trim())?.[1];
}
