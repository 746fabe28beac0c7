import {
  createSigningKey,
  isJsonObject,
  type Parser,
  readWebhookSecret,
  schema,
  type SigningKeyInput,
} from '@nest-a2a/protocol';
import { type PushSigningOptions } from './a2a-module-options.js';
import { signingKeys } from './card-option-parsers.js';
import { group } from './option-names.js';

const { boolean, integer, list, nonEmptyText, optional } = schema;

/** So many signatures fit into a header, and receivers look at no more than twenty. */
const MOST_KEYS = 4;

type Secrets = Extract<PushSigningOptions['secrets'], object>;

const readKeys = signingKeys();

const keysParser: Parser<SigningKeyInput[]> = (value, at, context) => {
  const before = context.violations.length;
  const keys = readKeys(value, at, context);
  if (keys === undefined || context.violations.length > before) {
    return undefined;
  }
  if (keys.length > MOST_KEYS) {
    return context.refuse(at, `Must be at most ${MOST_KEYS}`);
  }
  return keys.some((key) => createSigningKey(key).algorithm === 'EdDSA')
    ? keys
    : context.refuse(at, 'Must have one of Ed25519: others sign tokens only');
};

const secretParser: Parser<string> = (value, at, context) => {
  const secret = nonEmptyText(value, at, context);
  try {
    if (secret !== undefined) {
      readWebhookSecret(secret);
    }
    return secret;
  } catch (error) {
    // The message quotes nothing.
    return context.refuse(at, (error as TypeError).message);
  }
};

const secretListParser = list(secretParser, {
  least: 1,
  most: () => MOST_KEYS,
});

/** Entries are named by their place: who mixes up both sides has a secret in place of the origin. */
const secretsParser: Parser<Secrets> = (value, at, context) => {
  if (typeof value === 'function') {
    return value as Secrets;
  }
  if (!isJsonObject(value)) {
    return context.refuse(
      at,
      'Must be secrets by origin, or a function that answers them',
    );
  }
  const before = context.violations.length;
  for (const [i, [origin, secrets]] of Object.entries(value).entries()) {
    if (!isOrigin(origin)) {
      context.refuse(
        `${at}[${i}]`,
        'Must stand under an origin such as https://hooks.example.com',
      );
    }
    const parse = Array.isArray(secrets) ? secretListParser : secretParser;
    parse(secrets, `${at}[${i}]`, context);
  }
  return context.violations.length > before ? undefined : (value as Secrets);
};

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

const signingGroup = group<PushSigningOptions>({
  keys: optional(keysParser),
  secrets: optional(secretsParser),
  overlapMs: optional(integer(0, Number.MAX_SAFE_INTEGER)),
  jwt: optional(boolean),
});

/** How webhooks are signed; `false` where they are not. */
export const signingParser: Parser<PushSigningOptions | false> = (
  value,
  at,
  context,
) => (value === false ? false : signingGroup(value, at, context));
