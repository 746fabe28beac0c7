import {
  AGENT_CARD_FIELDS,
  type Parser,
  schema,
  WEBHOOK_SELECTIONS,
} from '@nest-a2a/protocol';
import {
  type AgentCardOptions,
  type BreakerOptions,
  type GrpcOptions,
  type GrpcServerCredentials,
  type LimitOptions,
  type PushOptions,
  type RetentionOptions,
  type SseOptions,
  type TurnOptions,
} from './a2a-module-options.js';
import { group } from './option-names.js';
import { proxyParser, tenantsParser } from './push-option-parsers.js';
import { signingParser } from './signing-option-parsers.js';

const { boolean, enumeration, integer, list, nonEmptyText, object, optional } =
  schema;

/** Milliseconds, bytes and counts may be larger than an int32. */
const atLeast = (least: number) => integer(least, Number.MAX_SAFE_INTEGER);
const positive = optional(atLeast(1));
const notNegative = optional(atLeast(0));

const { name, version, ...optionalCardFields } = AGENT_CARD_FIELDS;

/** What the application says about its agent. */
export const cardOptionsParser: Parser<AgentCardOptions> =
  object<AgentCardOptions>({
    name,
    version,
    description: schema.required(nonEmptyText),
    capabilities: optional(optionalCardFields.capabilities.parse),
    skills: optional(optionalCardFields.skills.parse),
    defaultInputModes: optional(optionalCardFields.defaultInputModes.parse),
    defaultOutputModes: optional(optionalCardFields.defaultOutputModes.parse),
    provider: optionalCardFields.provider,
    documentationUrl: optionalCardFields.documentationUrl,
    iconUrl: optionalCardFields.iconUrl,
    securitySchemes: optionalCardFields.securitySchemes,
    securityRequirements: optionalCardFields.securityRequirements,
  });

const credentialsParser: Parser<GrpcServerCredentials> = (
  value,
  at,
  context,
) =>
  isCredentials(value)
    ? value
    : context.refuse(at, 'Must be ServerCredentials of @grpc/grpc-js');

function isCredentials(value: unknown): value is GrpcServerCredentials {
  return (
    typeof value === 'object' &&
    value !== null &&
    '_isSecure' in value &&
    typeof value._isSecure === 'function'
  );
}

/** `host:port`, an IPv6 address in brackets. */
const ADDRESS = /^(?:\[[0-9a-f:.]+\]|[^\s:/@[\]]+):\d{1,5}$/i;

const addressParser: Parser<string> = (value, at, context) => {
  const text = nonEmptyText(value, at, context);
  return text === undefined || ADDRESS.test(text)
    ? text
    : context.refuse(at, 'Must be host:port, without a scheme');
};

/** The gRPC server of an agent. */
export const grpcOptionsParser: Parser<GrpcOptions> = group<GrpcOptions>({
  port: optional(integer(0, 65_535)),
  host: optional(nonEmptyText),
  address: optional(addressParser),
  credentials: optional(credentialsParser),
  health: optional(boolean),
  reflection: optional(boolean),
  lenient: optional(boolean),
});

const scheduleParser: Parser<readonly number[]> = list(atLeast(0), {
  least: 1,
});

/** A key that seals the secrets of webhooks. */
const encryptionKeyParser: Parser<string> = (value, at, context) => {
  const key = schema.base64(value, at, context);
  return key === undefined || Buffer.from(key, 'base64').length === 32
    ? key
    : context.refuse(at, 'Must be 32 bytes in base64');
};

const encryptionKeyList = list<string>(encryptionKeyParser, { least: 1 });

/** One key, or the one that seals and those that still open. */
const encryptionKeysParser: Parser<string | readonly string[]> = (
  value,
  at,
  context,
) =>
  Array.isArray(value)
    ? encryptionKeyList(value, at, context)
    : encryptionKeyParser(value, at, context);

const breakerGroup: Parser<Partial<BreakerOptions>> = group<
  Partial<BreakerOptions>
>({
  failures: positive,
  openMs: positive,
  maxOpenMs: positive,
});

/** A number, or false for none. */
const limitParser: Parser<number | false> = (value, at, context) =>
  value === false ? value : atLeast(1)(value, at, context);

/** The group, or false. */
const breakerParser: Parser<Partial<BreakerOptions> | false> = (
  value,
  at,
  context,
) => (value === false ? value : breakerGroup(value, at, context));

/** The groups of numbers and switches of the module. */
export interface OptionGroups {
  publicUrl?: string;
  trustProxy?: boolean;
  maxBodyBytes?: number;
  limits?: Partial<LimitOptions>;
  turn?: Partial<TurnOptions>;
  cancelGraceMs?: number;
  drainMs?: number;
  blockingTimeoutMs?: number;
  sse?: Partial<SseOptions>;
  retention?: Partial<RetentionOptions>;
  push?: Partial<PushOptions>;
  auditLog?: boolean;
}

const urlParser: Parser<string> = (value, at, context) => {
  const text = nonEmptyText(value, at, context);
  if (text === undefined) {
    return undefined;
  }
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    return context.refuse(at, 'Must be an absolute http(s) URL');
  }
  const { username, password, search, hash } = new URL(text);
  return username || password || search || hash
    ? context.refuse(at, 'Must not have credentials, a query or a fragment')
    : text.replace(/\/+$/, '');
};

/** Everything about the application that is data. */
export const optionGroupsParser: Parser<OptionGroups> = object<OptionGroups>({
  publicUrl: optional(urlParser),
  trustProxy: optional(boolean),
  maxBodyBytes: positive,
  limits: optional(
    group<Partial<LimitOptions>>({
      parts: positive,
      jsonDepth: optional(integer(1, 1_000)),
      metadataBytes: positive,
      // No longer than what the indexes of every store can hold.
      idLength: optional(integer(1, 512)),
      artifactBytes: positive,
      pageSize: optional(integer(1, 100)),
      pushConfigsPerTask: positive,
    }),
  ),
  turn: optional(
    group<Partial<TurnOptions>>({
      leaseMs: positive,
      heartbeatMs: positive,
      maxAttempts: positive,
      timeoutMs: positive,
      concurrency: positive,
      transactionTimeoutMs: positive,
    }),
  ),
  cancelGraceMs: notNegative,
  drainMs: notNegative,
  blockingTimeoutMs: positive,
  sse: optional(
    group<Partial<SseOptions>>({
      heartbeatMs: positive,
      bufferBytes: positive,
      stallMs: positive,
    }),
  ),
  retention: optional(
    group<Partial<RetentionOptions>>({
      finishedMs: notNegative,
      maxFinished: notNegative,
    }),
  ),
  auditLog: optional(boolean),
  push: optional(
    group<Partial<PushOptions>>({
      allowHttp: optional(boolean),
      allowPrivateNetworks: optional(boolean),
      allow: optional(list(nonEmptyText)),
      deny: optional(list(nonEmptyText)),
      requireAllowlist: optional(boolean),
      tenants: optional(tenantsParser),
      proxy: optional(proxyParser),
      ports: optional(list(integer(1, 65_535))),
      select: optional(enumeration(WEBHOOK_SELECTIONS)),
      coalesce: optional(boolean),
      maxBodyBytes: positive,
      // A timer of Node.js can wait no longer than an int32.
      deadlineMs: optional(integer(1)),
      scheduleMs: optional(scheduleParser),
      perOrigin: positive,
      concurrency: positive,
      breaker: optional(breakerParser),
      maxOrigins: optional(limitParser),
      newOriginsPerMinute: optional(limitParser),
      disableAfterMs: positive,
      redactSecrets: optional(boolean),
      encryptionKey: optional(encryptionKeysParser),
      signing: optional(signingParser),
    }),
  ),
});
