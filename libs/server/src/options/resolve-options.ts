import { type FieldViolation, ParseContext } from '@nest-a2a/protocol';
import { memory } from '@nest-a2a/store';
import { principalOf } from '../access/principal.js';
import { NO_TELEMETRY } from '../instrumentation/no-telemetry.js';
import {
  type A2AModuleOptions,
  type AgentExtras,
  type PushOptions,
} from './a2a-module-options.js';
import { DEFAULT_OPTIONS } from './default-options.js';
import { InvalidOptionsError } from './invalid-options.errors.js';
import { type OptionGroups, optionGroupsParser } from './option-parsers.js';
import { policyProblems } from './push-policy-problems.js';
import { resolveSigning } from './resolve-signing.js';
import { type ResolvedOptions } from './resolved-options.js';

/**
 * Checks the options of the application and fills in the defaults.
 *
 * @param agentProblems what is wrong with the same options as those of an agent
 * @throws InvalidOptionsError with every problem
 */
export function resolveOptions(
  options: A2AModuleOptions,
  extras: AgentExtras,
  agentProblems: readonly FieldViolation[] = [],
): ResolvedOptions {
  const context = new ParseContext('request');
  const groups = optionGroupsParser(options, '', context) ?? {};
  const resolved = withDefaults(options, groups, extras);
  const problems = [
    ...agentProblems,
    ...context.violations,
    ...wrongKinds(options, extras),
    ...contradictions(resolved),
  ];
  if (problems.length > 0) {
    throw new InvalidOptionsError('A2AModule.forRoot()', problems);
  }
  return resolved;
}

function withDefaults(
  options: A2AModuleOptions,
  groups: OptionGroups,
  extras: AgentExtras,
): ResolvedOptions {
  const runtime =
    options.runtime === undefined || options.runtime === 'memory'
      ? memory()
      : options.runtime;
  const { retention } = DEFAULT_OPTIONS;
  return {
    ...groups,
    runtime,
    roles: extras.roles ?? DEFAULT_OPTIONS.roles,
    trustProxy: groups.trustProxy ?? false,
    maxBodyBytes: groups.maxBodyBytes ?? DEFAULT_OPTIONS.maxBodyBytes,
    limits: { ...DEFAULT_OPTIONS.limits, ...groups.limits },
    turn: { ...DEFAULT_OPTIONS.turn, ...groups.turn },
    cancelGraceMs: groups.cancelGraceMs ?? DEFAULT_OPTIONS.cancelGraceMs,
    drainMs: groups.drainMs ?? DEFAULT_OPTIONS.drainMs,
    sse: { ...DEFAULT_OPTIONS.sse, ...groups.sse },
    idempotency: idempotencyOf(options.idempotency),
    retention: {
      ...(runtime.isDurable ? retention.durable : retention.memory),
      ...groups.retention,
    },
    push: withPushDefaults(groups.push),
    principal: options.principal ?? principalOf,
    auditLog: groups.auditLog ?? false,
    telemetry: options.telemetry ?? NO_TELEMETRY,
  };
}

function withPushDefaults(push: Partial<PushOptions> = {}) {
  const { push: defaults } = DEFAULT_OPTIONS;
  const breaker = push.breaker !== false && {
    ...defaults.breaker,
    ...push.breaker,
  };
  const signing = resolveSigning(push.signing);
  return { ...defaults, ...push, breaker, signing };
}

function idempotencyOf(
  option: A2AModuleOptions['idempotency'],
): ResolvedOptions['idempotency'] {
  if (option === 'strict') {
    return 'strict';
  }
  return option === false ? 'off' : 'on';
}

/** What is wrong with options that no parser reads. */
function wrongKinds(
  { runtime, idempotency, principal, telemetry }: A2AModuleOptions,
  { roles = [] }: AgentExtras,
): FieldViolation[] {
  const problems: FieldViolation[] = [];
  const refuse = (field: string, description: string) =>
    problems.push({ field, description });
  if (typeof runtime === 'string' && runtime !== 'memory') {
    refuse('runtime', "Must be 'memory', or what the package of a store makes");
  }
  if (![undefined, true, false, 'strict'].includes(idempotency)) {
    refuse('idempotency', "Must be true, false or 'strict'");
  }
  if (principal !== undefined && typeof principal !== 'function') {
    refuse('principal', 'Must be a function');
  }
  if (telemetry !== undefined && typeof telemetry.operation !== 'function') {
    refuse('telemetry', 'Must be what openTelemetry() makes');
  }
  if (!roles.every((role) => DEFAULT_OPTIONS.roles.includes(role))) {
    const known = DEFAULT_OPTIONS.roles.join(', ');
    refuse('roles', `Must be some of ${known}`);
  }
  return problems;
}

/** What is right by itself but cannot work together. */
function contradictions({
  turn,
  roles,
  runtime,
  push,
  publicUrl,
}: ResolvedOptions): FieldViolation[] {
  const problems: FieldViolation[] = [];
  const refuse = (field: string, description: string) =>
    problems.push({ field, description });
  if (turn.heartbeatMs * 2 > turn.leaseMs) {
    refuse('turn.heartbeatMs', 'Must be at most half of turn.leaseMs');
  }
  if (roles.length === 0) {
    refuse('roles', 'Must name at least one role');
  }
  if (!runtime.isDurable && roles.length < DEFAULT_OPTIONS.roles.length) {
    refuse(
      'roles',
      'Must be all of them in memory: tasks cannot leave the process',
    );
  }
  if (runtime.isDurable && push.encryptionKey === undefined) {
    refuse(
      'push.encryptionKey',
      'Is required with a durable runtime; `openssl rand -base64 32` makes one',
    );
  }
  if (push.signing && push.signing.jwt && publicUrl === undefined) {
    refuse(
      'push.signing.jwt',
      'Needs publicUrl, which the tokens name as their issuer',
    );
  }
  if (push.breaker && push.breaker.maxOpenMs < push.breaker.openMs) {
    refuse('push.breaker.maxOpenMs', 'Must be at least push.breaker.openMs');
  }
  return [...problems, ...policyProblems(push)];
}
