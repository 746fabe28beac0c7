/** Two agents of the application have the same name, or would answer at the same path. */
export class DuplicateAgentError extends Error {
  override readonly name = 'DuplicateAgentError';
  readonly code = 'DUPLICATE_AGENT';

  constructor(what: string, remedy: string) {
    super(`${what}. ${remedy}`);
  }
}

/** The application asks for an agent that it does not have. */
export class UnknownAgentError extends Error {
  override readonly name = 'UnknownAgentError';
  readonly code = 'UNKNOWN_AGENT';

  constructor(agent: string, known: readonly string[]) {
    super(
      `There is no agent "${agent}". The application has: ${known.join(', ')}. ` +
        'Add it with A2AModule.forFeature({ agent, path, agentCard }).',
    );
  }
}
