import { isJsonObject } from '../../validation/json-value.js';
import { member } from '../../validation/object.js';
import { fromV03Schemes, fromV03Security } from './from-v03-security.js';

type Members = Record<string, unknown>;

/** What a card that names no transport speaks (A2A 0.3 §5.6). */
const DEFAULT_TRANSPORT = 'JSONRPC';

/**
 * A card as one of A2A 1.0, not validated: that is for `parseAgentCard`. A card
 * with `supportedInterfaces` passes as it is, also when members of 0.3 stand
 * beside them; only the flag for the extended card counts where the capabilities
 * do not say anything about it (A2A §A.2.2). Of a card of 0.3 the forms of both bindings are understood,
 * names of the proto too, and `null` for what is not there.
 *
 * Takes any JSON value and does not throw; what is no card is answered as it is.
 */
export function fromV03Card(card: unknown): unknown {
  if (!isJsonObject(card)) {
    return card;
  }
  const given = (name: string) => member(card, name) ?? undefined;
  if (isOfV1(card)) {
    return isExtendedInV03Only(given)
      ? { ...card, capabilities: capabilitiesOf(given) }
      : card;
  }
  const { securityRequirements, ...rest } = {
    securityRequirements: fromV03Security(given('security')),
    ...card,
  };
  const supportedInterfaces = interfacesOf(given);
  return {
    ...rest,
    // Without any, it is no card: the parser is to say so.
    ...(supportedInterfaces.length > 0 && { supportedInterfaces }),
    capabilities: capabilitiesOf(given),
    securitySchemes: fromV03Schemes(given('securitySchemes')),
    securityRequirements,
    skills: skillsOf(given('skills')),
  };
}

function isOfV1(card: Members): boolean {
  const interfaces = member(card, 'supportedInterfaces');
  return Array.isArray(interfaces) && interfaces.length > 0;
}

type Given = (name: string) => unknown;

function isExtendedInV03Only(given: Given): boolean {
  const capabilities = given('capabilities');
  return (
    given('supportsAuthenticatedExtendedCard') === true &&
    isJsonObject(capabilities) &&
    (member(capabilities, 'extendedAgentCard') ?? undefined) === undefined
  );
}

/** The preferred one first; it may be repeated among the others. */
function interfacesOf(given: Given): object[] {
  const additional = given('additionalInterfaces');
  const main = {
    url: given('url'),
    transport: given('preferredTransport') ?? DEFAULT_TRANSPORT,
  };
  const others: unknown[] = Array.isArray(additional) ? additional : [];
  const interfaces = [main, ...others.filter(isJsonObject)].map(
    ({ url, transport }) => ({
      url,
      protocolBinding: transport,
      protocolVersion: '0.3',
    }),
  );
  const usable = interfaces
    .filter(
      ({ url, protocolBinding }) => isNamed(url) && isNamed(protocolBinding),
    )
    .map((one) => [JSON.stringify(one), one] as const);
  return [...new Map(usable).values()];
}

function isNamed(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function capabilitiesOf(given: Given): unknown {
  const capabilities = given('capabilities') ?? {};
  if (!isJsonObject(capabilities)) {
    return capabilities;
  }
  const extendedAgentCard = given('supportsAuthenticatedExtendedCard');
  return {
    ...capabilities,
    ...(extendedAgentCard !== undefined && { extendedAgentCard }),
  };
}

function skillsOf(skills: unknown): unknown {
  return Array.isArray(skills) ? skills.map(skillOf) : skills;
}

function skillOf(skill: unknown): unknown {
  if (!isJsonObject(skill)) {
    return skill;
  }
  const security = member(skill, 'security') ?? undefined;
  return {
    ...(security !== undefined && {
      securityRequirements: fromV03Security(security),
    }),
    ...skill,
  };
}
