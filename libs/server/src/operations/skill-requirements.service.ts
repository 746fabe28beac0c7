import {
  type AgentSkill,
  forbidden,
  invalidParam,
  isA2AError,
  type Message,
  type SecurityRequirement,
} from '@nest-a2a/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { askApplication } from '../access/ask-application.js';
import { credentialsMissing, insufficientScope } from '../access/refusals.js';
import { skillsOf } from '../agent-card/agent-card.js';
import { ExtendedCards } from '../agent-card/extended-card.service.js';
import { type Call } from './call.js';

/** What skills require of those who use them (A2A `AgentSkill.security_requirements`), where the application says which skill a message is for. */
@Injectable()
export class SkillRequirements {
  constructor(@Inject(ExtendedCards) private readonly cards: ExtendedCards) {}

  /**
   * @throws A2AError `INVALID_PARAMS` for a skill that the caller's cards do not have,
   * `UNAUTHENTICATED`, `FORBIDDEN`, or what the application's resolver throws
   */
  async assertMet(message: Message, call: Call): Promise<void> {
    const id = await this.skillIdOf(message, call);
    if (id === undefined) {
      return;
    }
    const skill =
      skillsOf(call.agent.card).find((one) => one.id === id) ??
      (await this.extendedSkill(id, call));
    if (!skill) {
      throw invalidParam('message', 'Must be for a skill of the agent');
    }
    assertSatisfied(skill, call);
  }

  private async skillIdOf(
    message: Message,
    { agent, scope, identity, request }: Call,
  ): Promise<string | undefined> {
    const { skillOf } = agent;
    if (!skillOf) {
      return undefined;
    }
    const caller = {
      agent: agent.name,
      principal: scope.principal || undefined,
      tenant: scope.tenant || undefined,
      scopes: identity?.scopes ?? [],
      request,
    };
    const id: unknown = await askApplication(() => skillOf(message, caller));
    if (id !== undefined && typeof id !== 'string') {
      throw new TypeError(
        `The option "skillOf" must answer a string or undefined, not ${typeof id}`,
      );
    }
    return id;
  }

  /** What only the caller's extended card has is a skill for nobody else. */
  private async extendedSkill(
    id: string,
    { agent, scope, request }: Call,
  ): Promise<AgentSkill | undefined> {
    const isShown = scope.principal !== '' || agent.isExtendedCardPublic;
    if (!agent.extendedAgentCard || !isShown) {
      return undefined;
    }
    try {
      const { skills } = await this.cards.of({ ...scope, agent, request });
      return skills.find((one) => one.id === id);
    } catch (error) {
      if (
        isA2AError(error) &&
        error.code === 'EXTENDED_AGENT_CARD_NOT_CONFIGURED'
      ) {
        return undefined;
      }
      throw error;
    }
  }
}

/** One of the requirements is enough; none is met by everybody. */
function assertSatisfied(skill: AgentSkill, call: Call): void {
  const { agent, identity } = call;
  const requirements = skill.securityRequirements ?? [];
  if (requirements.length === 0 || requirements.some(isForEverybody)) {
    return;
  }
  if (!identity) {
    throw credentialsMissing(agent.authentication);
  }
  const wanted = requirements.flatMap(({ schemes }) => {
    const [own, ...others] = Object.entries(schemes);
    return own?.[0] === identity.scheme && others.length === 0
      ? [own[1].list]
      : [];
  });
  const missing = (scopes: readonly string[]) =>
    scopes.filter((scope) => !identity.scopes.includes(scope));
  const [closest] = wanted.toSorted(
    (one, other) => missing(one).length - missing(other).length,
  );
  if (!closest) {
    // The skill is for those who authenticate in another way.
    throw forbidden();
  }
  if (missing(closest).length > 0) {
    const { challenge } = agent.authentication.find(
      ({ name }) => name === identity.scheme,
    ) ?? { challenge: 'Bearer' };
    throw insufficientScope(challenge, closest, missing(closest));
  }
}

function isForEverybody({ schemes }: SecurityRequirement): boolean {
  return Object.keys(schemes).length === 0;
}
