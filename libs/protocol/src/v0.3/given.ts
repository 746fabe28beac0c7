/** The members that have a value: an absent member and one that is `undefined` differ in JSON objects that are compared. */
export function given(
  members: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  );
}
