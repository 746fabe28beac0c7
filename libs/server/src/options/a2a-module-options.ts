import {
  type AgentCapabilities,
  type AgentCard,
  type Message,
  type ProtocolVersion,
  type SigningKeyInput,
  type ValidationLimits,
} from '@nest-a2a/protocol';
import { type PushSelect, type Runtime } from '@nest-a2a/store';
import { type Authenticator } from '../access/authenticator.js';
import {
  type CanActivate,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { type Telemetry } from '../instrumentation/telemetry.js';

/** What the application says about an agent. The interfaces and what follows from other options are filled in. */
export interface AgentCardOptions extends Partial<
  Omit<
    AgentCard,
    'name' | 'description' | 'version' | 'supportedInterfaces' | 'signatures'
  >
> {
  name: string;
  description: string;
  /** Version of the agent, not of the protocol. */
  version: string;
  /** @default streaming on, pushNotifications off, extendedAgentCard off */
  capabilities?: AgentCapabilities;
}

/** Options of one agent that may come from a factory. */
export interface AgentOptions {
  /** How the agent presents itself. Required. */
  agentCard: AgentCardOptions;
  /**
   * Whether the worker may answer with a message and no task. Says the same as
   * `@A2AWorker({ directReplies: true })`, for processes without the worker.
   *
   * @default what the worker says
   */
  directReplies?: boolean;
  /**
   * Turns of this agent at the same time in this process, so that one agent leaves
   * room for the others.
   *
   * @default `turn.concurrency`, which holds for all agents together
   */
  concurrency?: number;
  /** See below. Only with `GRPC` among the bindings. */
  grpc?: GrpcOptions;
  /** Signs the agent's card. See below. @default none: the card is not signed */
  cardSigning?: CardSigningOptions;
  /**
   * What callers who have said who they are see of the agent: members that
   * replace those of the public card, or a function that answers them for a
   * caller. The card then declares the capability.
   *
   * @default none
   */
  extendedAgentCard?: ExtendedAgentCard;
  /** Whether the extended card is for everybody, also without a principal. @default false */
  publicExtendedAgentCard?: boolean;
  /**
   * How callers say who they are, on every binding: the first that finds
   * credentials of its kind decides. The card names the ways, and stays public.
   * See `docs/auth.md`.
   *
   * @default none: the guards of the application decide
   */
  authentication?: readonly Authenticator[];
  /**
   * Which skill a message is for. The caller then needs what
   * `agentCard.skills[].securityRequirements` says of that skill. Requests of
   * A2A do not name a skill, so without this option the requirements are only
   * published.
   *
   * @default none
   */
  skillOf?: SkillResolver;
}

/** What an extended card has in place of members of the public one. */
export type ExtendedAgentCardOptions = Partial<AgentCardOptions>;

/** The caller that an extended card is for. */
export interface ExtendedAgentCardCaller {
  /** Name of the agent that was asked. */
  readonly agent: string;
  /** `undefined` for nobody, which only `publicExtendedAgentCard` lets through. */
  readonly principal: string | undefined;
  readonly tenant: string | undefined;
  /** The request of the platform, as the guards have left it. */
  readonly request: unknown;
}

/** An extended card, or what makes one for a caller: `undefined` where there is none for it. */
export type ExtendedAgentCard =
  | ExtendedAgentCardOptions
  | ((
      caller: ExtendedAgentCardCaller,
    ) =>
      | ExtendedAgentCardOptions
      | undefined
      | Promise<ExtendedAgentCardOptions | undefined>);

/** Who sends a message. */
export interface SkillCaller extends ExtendedAgentCardCaller {
  /** What the caller may do. */
  readonly scopes: readonly string[];
}

/**
 * Finds the skill that a message is for, by its id. `undefined` is none in
 * particular; an id that no skill has refuses the message.
 */
export type SkillResolver = (
  message: Message,
  caller: SkillCaller,
) => string | undefined | Promise<string | undefined>;

/** Signatures of the agent card: detached JSON Web Signatures, on the card of A2A 1.0 alone. */
export interface CardSigningOptions {
  /** Private keys, as a `KeyObject`, PEM or JWK. Each signs, so that a new one can be known before the old one goes. */
  keys: readonly SigningKeyInput[];
  /** Sign a second time without any empty value, for clients whose SDK removes them before it verifies. @default false */
  stripped?: boolean;
}

/** The bindings that can be served. `GRPC` needs packages of its own, see `docs/grpc.md`. */
export type ServedBinding = 'JSONRPC' | 'HTTP+JSON' | 'GRPC';

/** `ServerCredentials` of `@grpc/grpc-js`. */
export interface GrpcServerCredentials {
  _isSecure(): boolean;
}

/** The gRPC server of an agent. Each agent has its own, as the services of all agents have the same name. */
export interface GrpcOptions {
  /** Port that it listens on; 0 takes a free one. @default 50051 */
  port?: number;
  /** Address that it listens on. The default is all of IPv4, like that of an HTTP server in a container. @default '0.0.0.0' */
  host?: string;
  /**
   * Where clients reach it, for the agent card: `host:port`.
   *
   * @default the host of the agent's URL, and the port
   */
  address?: string;
  /** TLS, made by `ServerCredentials.createSsl` of `@grpc/grpc-js`. @default none: something in front of the server does TLS */
  credentials?: GrpcServerCredentials;
  /** Serve `grpc.health.v1.Health`. @default true */
  health?: boolean;
  /** Serve reflection, for tools such as grpcurl. Guards do not apply to it. @default false */
  reflection?: boolean;
  /** Take a call to the service of 1.0 without `a2a-version` for one of 1.0. By the letter it is one of 0.3, and refused. @default false */
  lenient?: boolean;
}

/** Options of one agent that shape routes, so that they cannot come from a factory. */
export interface AgentExtras {
  /** Name of the agent. @default 'default' */
  agent?: string;
  /** Path of the agent's routes, below the global prefix. @default '' */
  path?: string;
  /** The first is the one that the card prefers. @default ['JSONRPC', 'HTTP+JSON'] */
  bindings?: readonly ServedBinding[];
  /** The protocol versions that are served; the card prefers the first. @default ['1.0', '0.3'] */
  versions?: readonly ProtocolVersion[];
  /**
   * Whether the agent has tenants, whose data are apart: adds the routes
   * `/{tenant}/…` and reads the field `tenant`. A function decides which tenant
   * a request is for; `true` takes the one that the request names.
   *
   * @default false
   */
  tenants?: boolean | TenantResolver;
  /** Guards for the agent's routes; the agent card stays public. @default none */
  guards?: readonly (Type<CanActivate> | CanActivate)[];
  /** Modules that provide what the guards inject. @default none */
  imports?: ModuleMetadata['imports'];
  /** What this process does: answer requests, run turns, deliver webhooks. The same for every agent. @default all of them */
  roles?: readonly ProcessRole[];
}

/**
 * What a process does: answer requests, run turns, deliver webhooks.
 */
export type ProcessRole = 'api' | 'worker' | 'push';

/** What a request may cost. Beyond a limit it is refused, the field named. */
export interface LimitOptions extends ValidationLimits {
  /** Size of one artifact, all chunks together, in bytes of JSON. @default 100 MiB */
  artifactBytes: number;
  /** Tasks on a page of a list where the caller does not say. @default 50 */
  pageSize: number;
  /** Push notification configurations of one task. @default 10 */
  pushConfigsPerTask: number;
}

/** How turns run. */
export interface TurnOptions {
  /** A turn whose instance is silent for so long is taken over. @default 15000 */
  leaseMs: number;
  /** How often a lease is renewed. @default 5000 */
  heartbeatMs: number;
  /** So many instances may die with the turn before its task fails. @default 3 */
  maxAttempts: number;
  /** A turn that takes longer fails its task. @default none */
  timeoutMs?: number;
  /** Turns of all agents at the same time in this process; `concurrency` of an agent is for that one. @default 100 */
  concurrency: number;
  /** A transaction of `withTransaction` that takes longer is not committed. @default 30000 */
  transactionTimeoutMs: number;
}

/** Server-sent events. */
export interface SseOptions {
  /** A comment is sent after so much silence. @default 15000 */
  heartbeatMs: number;
  /** What may wait in memory for one slow reader; the rest waits in the log. @default 1 MiB */
  bufferBytes: number;
  /** A reader that takes nothing for so long is cut; it may resume. @default 60000 */
  stallMs: number;
}

/** How long finished tasks are kept. Tasks with undelivered webhooks always stay. */
export interface RetentionOptions {
  /** Age at which a finished task is removed. @default 1 hour in memory, 30 days in a durable store */
  finishedMs: number;
  /** Finished tasks that are kept, the newest. @default 10000 in memory, unlimited in a durable store */
  maxFinished: number;
}

/** The webhook that is to be signed. */
export interface WebhookSecretQuery {
  /** Name of the agent. */
  readonly agent: string;
  /** `undefined` for none. */
  readonly tenant: string | undefined;
  /** Scheme, host and port of the webhook, such as `https://hooks.example.com`. */
  readonly origin: string;
}

/**
 * Answers the secrets that a receiver shares with the application, `undefined`
 * where there is none. Is asked for each attempt; where it throws, or answers
 * nothing within 5 seconds, the webhook waits.
 */
export type WebhookSecretResolver = (
  webhook: WebhookSecretQuery,
) =>
  | string
  | readonly string[]
  | undefined
  | Promise<string | readonly string[] | undefined>;

/** Signatures of webhooks, see `docs/push-notifications.md`. */
export interface PushSigningOptions {
  /**
   * Private keys, as a `KeyObject`, PEM or JWK, at least one of them of Ed25519:
   * each of those signs every webhook. The first, which may also be of P-256 or RSA,
   * signs tokens.
   *
   * @default one that is made once, kept sealed in the store, and shared by all instances
   */
  keys?: readonly SigningKeyInput[];
  /**
   * Secrets that receivers share with the application, `whsec_…`, by origin such as
   * `https://hooks.example.com`, or a function that answers them. They sign in
   * addition; several while one is replaced.
   *
   * @default none
   */
  secrets?:
    | Readonly<Record<string, string | readonly string[]>>
    | WebhookSecretResolver;
  /** How long a key that `WebhookKeys.rotate()` has replaced goes on signing, beside the new one. @default 24 hours */
  overlapMs?: number;
  /**
   * A webhook that was registered with the scheme `Bearer` and without credentials
   * gets a token that is made for each attempt. Needs `publicUrl`, which the tokens
   * name as their issuer.
   *
   * @default false
   */
  jwt?: boolean;
}

/** What differs for the webhooks of one tenant. Lists are added to those of all. */
export interface TenantPushOptions {
  /** As `push.allow`, for this tenant alone, beside what that lists. @default none */
  allow?: readonly string[];
  /** As `push.deny`, beside what that lists. @default none */
  deny?: readonly string[];
  /** As `push.requireAllowlist`; what is required of all tenants is required of this one, too. @default false */
  requireAllowlist?: boolean;
}

/** A forward proxy for webhooks. It is told the checked address by `CONNECT`, and resolves no name. */
export interface PushProxyOptions {
  /** `http://proxy.example:3128`, or `https:` where the proxy itself speaks TLS. */
  url: string;
  /** The value of `Proxy-Authorization`, such as `Basic dXNlcjpzZWNyZXQ=`. @default none */
  authorization?: string;
}

/** Push notifications. */
export interface PushOptions {
  /** Development only: webhooks may be plain http. @default false */
  allowHttp: boolean;
  /** Development only: webhooks may be on this machine and in private networks. @default false */
  allowPrivateNetworks: boolean;
  /** Hosts, IP addresses or networks (CIDR) that may be called although they are private. @default none */
  allow: readonly string[];
  /** Hosts, IP addresses or networks (CIDR) that are never called. @default none */
  deny: readonly string[];
  /** Only hosts that `allow` lists are called: by their name, or by each address that they resolve to. @default false */
  requireAllowlist: boolean;
  /** Lists of single tenants, by the name that the agent's `tenants` resolves to. @default none */
  tenants: Readonly<Record<string, TenantPushOptions>>;
  /** Ports that webhooks may have besides 443 and 8443. @default none */
  ports: readonly number[];
  /** All webhooks go through this proxy. Proxies of the environment are never used. @default none */
  proxy?: PushProxyOptions;
  /** Which events a webhook gets. @default 'updates' */
  select: PushSelect;
  /**
   * Whether a webhook that is behind gets one task in place of the updates that
   * wait. The end of a task is always told by itself.
   *
   * @default false
   */
  coalesce: boolean;
  /**
   * A larger body is replaced by the task without artifacts, history and
   * message, for the receiver to ask for the rest.
   *
   * @default 10 MiB
   */
  maxBodyBytes: number;
  /** Time for one attempt: look-up, connection, request and the status of the answer. @default 15000 */
  deadlineMs: number;
  /** Time before each attempt of an event, each ±20 %; after the last the event is dead. @default 0, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h */
  scheduleMs: readonly number[];
  /** Attempts at the same time to one origin. @default 4 */
  perOrigin: number;
  /** Attempts at the same time. @default 64 */
  concurrency: number;
  /** When an origin is left alone that fails a tenant; false for never, unless it asks for that. See below. */
  breaker: Partial<BreakerOptions> | false;
  /**
   * At so many origins the webhooks of a tenant may be, of all tasks that are
   * kept; false for any number. Each is a host that the tenant makes this
   * application call.
   *
   * @default 1000
   */
  maxOrigins: number | false;
  /** At so many further origins a tenant may have webhooks each minute; false for any number. @default 100 */
  newOriginsPerMinute: number | false;
  /** A webhook that fails for so long is disabled. @default 5 days */
  disableAfterMs: number;
  /** Get and List leave out tokens and credentials. @default false */
  redactSecrets: boolean;
  /**
   * 32 bytes in base64 that seal the secrets of webhooks in the store. A durable
   * runtime needs it. Of several the first seals, and each opens: so one is
   * replaced by another.
   *
   * @default a random key for the process
   */
  encryptionKey?: string | readonly string[];
  /** See below. `false`: webhooks are not signed. @default signatures of a key of Ed25519 */
  signing: PushSigningOptions | false;
}

/** When an origin is left alone that fails a tenant. */
export interface BreakerOptions {
  /** So many failures in a row: no answer, 5xx, 429. @default 5 */
  failures: number;
  /** How long it is left alone at first; twice as long each time that it fails the one request that follows. @default 30000 */
  openMs: number;
  /** The longest that it is left alone at a time. @default 5 minutes */
  maxOpenMs: number;
}

/** Finds out who calls. What it answers owns what the call creates. */
export type PrincipalResolver = (
  request: unknown,
) => string | undefined | Promise<string | undefined>;

/**
 * Decides which tenant a request is for.
 *
 * @param tenant the one that the request names; empty for none
 * @param request the request of the HTTP platform, after the guards
 * @returns `undefined` to refuse the request: the same for a tenant that does not exist and for one that is not the caller's
 */
export type TenantResolver = (
  tenant: string,
  request: unknown,
) => string | undefined | Promise<string | undefined>;

/** Options of the application that may come from a factory. */
export interface A2AModuleOptions extends AgentOptions {
  /** Where tasks live. @default 'memory' */
  runtime?: 'memory' | Runtime;
  /**
   * Absolute URL under which the application is reached, such as
   * `https://agents.example.com`, for the URLs in agent cards.
   *
   * @default the address that the application listens on: development only
   */
  publicUrl?: string;
  /** Take the host and scheme of card URLs from `X-Forwarded-*`. Only behind a proxy that sets them. @default false */
  trustProxy?: boolean;
  /** Size of a request body on the agents' paths. @default 10 MiB */
  maxBodyBytes?: number;
  /** See below. */
  limits?: Partial<LimitOptions>;
  /** See below. */
  turn?: Partial<TurnOptions>;
  /** Time for a worker to end after a cancellation, before it is cut off. @default 10000 */
  cancelGraceMs?: number;
  /** Time for running turns at shutdown, before they are handed back. @default 20000 */
  drainMs?: number;
  /** A blocking send answers after so long with the task as it is. @default none */
  blockingTimeoutMs?: number;
  /** See below. */
  sse?: Partial<SseOptions>;
  /**
   * Whether a send that repeats a messageId with the same content has no second
   * effect. `strict` also refuses the same messageId with other content.
   *
   * @default true
   */
  idempotency?: boolean | 'strict';
  /** See below. */
  retention?: Partial<RetentionOptions>;
  /** See below. */
  push?: Partial<PushOptions>;
  /** Finds out who calls. What the caller creates belongs to it. @default who `authentication` has found, else `request.user?.sub ?? request.user?.id` */
  principal?: PrincipalResolver;
  /**
   * Whether each request to an agent, and what came of it, is a line of JSON in
   * the log. `A2AAudit` has the same as events.
   *
   * @default false
   */
  auditLog?: boolean;
  /** Spans and metrics: `openTelemetry()` of `@nest-a2a/server/telemetry`, see `docs/telemetry.md`. @default none */
  telemetry?: Telemetry;
}
