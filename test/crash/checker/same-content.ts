/** RFC 3339; protocol buffers write the same time with other digits. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/**
 * Whether two JSON values say the same. Protocol buffers do not tell an empty
 * or false member from a missing one, so neither is told apart here.
 */
export function isSameContent(one: unknown, other: unknown): boolean {
  if (one === other || (isEmpty(one) && isEmpty(other))) {
    return true;
  }
  if (typeof one === 'string' && typeof other === 'string') {
    return isSameTime(one, other);
  }
  if (!isObject(one) || !isObject(other)) {
    return false;
  }
  if (Array.isArray(one) || Array.isArray(other)) {
    return isSameList(one, other);
  }
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => isSameContent(one[name], other[name]));
}

function isSameList(one: unknown, other: unknown): boolean {
  return (
    Array.isArray(one) &&
    Array.isArray(other) &&
    one.length === other.length &&
    one.every((item, index) => isSameContent(item, other[index]))
  );
}

function isSameTime(one: string, other: string): boolean {
  return (
    TIMESTAMP.test(one) &&
    TIMESTAMP.test(other) &&
    Date.parse(one) === Date.parse(other)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    value === false ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  );
}
