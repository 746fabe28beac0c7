/** Whose data it is. Each member is part of every key and every query. */
export interface Scope {
  /** The agent that was called. */
  readonly agent: string;
  /** The tenant; empty where the application has none. */
  readonly tenant: string;
  /** Who called; empty for callers that nobody has identified, who share what they own. */
  readonly principal: string;
}

/** What a call may touch: one scope, or everything, for the runtime itself and for the host. */
export type Access = Scope | 'system';

/** What every method of the store takes besides its own arguments. */
export interface CallContext {
  readonly access: Access;
  /** Ends the wait for an answer; what was already committed stays. */
  readonly signal?: AbortSignal;
  /**
   * A transaction of the host, as the adapter's driver has it. An append becomes
   * part of it: it counts once the host has committed. Until then others who
   * write to the task wait for the host, so it has little time: the store may
   * limit the rest of the transaction. Stores without such transactions refuse
   * it with a TypeError.
   */
  readonly transaction?: unknown;
}

/** The context of the runtime's own calls. */
export const SYSTEM_CONTEXT: CallContext = Object.freeze({ access: 'system' });

/** Whether a call may touch what belongs to `owner`. */
export function mayAccess(access: Access, owner: Scope): boolean {
  return (
    access === 'system' ||
    (access.agent === owner.agent &&
      access.tenant === owner.tenant &&
      access.principal === owner.principal)
  );
}

/** One string for a scope and more, usable as a key: no two lists of parts make the same. */
export function scopeKey(scope: Scope, ...rest: readonly string[]): string {
  return JSON.stringify([scope.agent, scope.tenant, scope.principal, ...rest]);
}
