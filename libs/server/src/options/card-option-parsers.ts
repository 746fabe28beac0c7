import {
  AGENT_CARD_FIELDS,
  createSigningKey,
  isAgentCardSignatureError,
  isJsonObject,
  type ParseContext,
  type Parser,
  schema,
  type SigningKeyInput,
} from '@nest-a2a/protocol';
import {
  type CardSigningOptions,
  type ExtendedAgentCard,
  type ExtendedAgentCardOptions,
} from './a2a-module-options.js';
import { group } from './option-names.js';

const { boolean, list, object, optional, required } = schema;
const fields = AGENT_CARD_FIELDS;

/** What an extended card says beyond the public one. */
export const extendedCardParser: Parser<ExtendedAgentCardOptions> =
  object<ExtendedAgentCardOptions>({
    name: optional(fields.name.parse),
    version: optional(fields.version.parse),
    description: optional(fields.description.parse),
    capabilities: optional(fields.capabilities.parse),
    skills: optional(fields.skills.parse),
    defaultInputModes: optional(fields.defaultInputModes.parse),
    defaultOutputModes: optional(fields.defaultOutputModes.parse),
    provider: fields.provider,
    documentationUrl: fields.documentationUrl,
    iconUrl: fields.iconUrl,
    securitySchemes: fields.securitySchemes,
    securityRequirements: fields.securityRequirements,
  });

/** That, or a function that answers it; what a function answers is checked when it does. */
export const extendedAgentCardParser: Parser<ExtendedAgentCard> = (
  value,
  at,
  context,
) =>
  typeof value === 'function' ? value : extendedCardParser(value, at, context);

/** How the card is signed. Each key is tried. */
export const cardSigningParser: Parser<CardSigningOptions> =
  group<CardSigningOptions>({
    keys: required(signingKeys()),
    stripped: optional(boolean),
  });

const signingKey: Parser<SigningKeyInput> = (value, at, context) => {
  if (!isJsonObject(value)) {
    return context.refuse(at, 'Must be an object with a key');
  }
  const input = value as unknown as SigningKeyInput;
  return kidOf(input, at, context) === undefined ? undefined : input;
};

/** Clients find a key by its name, so two cannot share one. */
export function signingKeys(): Parser<SigningKeyInput[]> {
  const read = list<SigningKeyInput>(
    (value, at, context) => signingKey(value, at, context),
    { least: 1 },
  );
  return (value, at, context) => {
    const before = context.violations.length;
    const keys = read(value, at, context);
    if (keys === undefined || context.violations.length > before) {
      return keys;
    }
    const kids = new Set(keys.map((key) => createSigningKey(key).kid));
    return kids.size === keys.length
      ? keys
      : context.refuse(at, 'Must not have two keys of the same kid');
  };
}

function kidOf(
  input: SigningKeyInput,
  at: string,
  context: ParseContext,
): string | undefined {
  try {
    return createSigningKey(input).kid;
  } catch (error) {
    if (!isAgentCardSignatureError(error)) {
      throw error;
    }
    return context.refuse(at, error.message);
  }
}
