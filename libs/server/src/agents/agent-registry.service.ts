import { Injectable } from '@nestjs/common';
import { type AgentDefinition } from './agent-definition.js';
import { DuplicateAgentError, UnknownAgentError } from './agent.errors.js';

/** The agents of the application. Each module that has one adds it while the application starts. */
@Injectable()
export class AgentRegistry {
  private readonly agents = new Map<string, AgentDefinition>();

  /** The names of all agents. */
  get names(): readonly string[] {
    return [...this.agents.keys()];
  }

  /** All agents. */
  get all(): readonly AgentDefinition[] {
    return [...this.agents.values()];
  }

  /** Whether what follows the path of an agent can be no tenant: another agent is there, or a version of the protocol. */
  isReserved(segment: string, { path }: AgentDefinition): boolean {
    const base = path === '' ? '' : `${path}/`;
    const below = this.all
      .filter((other) => other.path.startsWith(base))
      .map((other) => other.path.slice(base.length).split('/', 1)[0]);
    return ['v1', ...below].includes(segment);
  }

  /**
   * Adds an agent.
   *
   * @throws DuplicateAgentError where its name or path is taken
   */
  add(agent: AgentDefinition): AgentDefinition {
    if (this.agents.has(agent.name)) {
      throw new DuplicateAgentError(
        `Two agents are named "${agent.name}"`,
        'Give the second one another name: A2AModule.forFeature({ agent }).',
      );
    }
    const other = this.all.find(({ path }) => path === agent.path);
    if (other) {
      throw new DuplicateAgentError(
        `The agents "${other.name}" and "${agent.name}" have the same path "/${agent.path}"`,
        'Give one of them another path: A2AModule.forFeature({ path }).',
      );
    }
    this.agents.set(agent.name, agent);
    return agent;
  }

  /** @throws UnknownAgentError */
  get(name: string): AgentDefinition {
    const agent = this.agents.get(name);
    if (!agent) {
      throw new UnknownAgentError(name, this.names);
    }
    return agent;
  }
}
