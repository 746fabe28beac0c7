/** A new id for a task, a context, a message or an artifact: a random UUID. */
export function newId(): string {
  return globalThis.crypto.randomUUID();
}
