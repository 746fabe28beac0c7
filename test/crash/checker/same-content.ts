/** RFC 3339; protocol buffers write the same time with other digits. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/**
 * Whether two JSON values say the same. Protocol buffers do not tell an empty
 * or false member from a missing one, so neither is told apart here.
 */
export function isSameContent(one: unknown, other: unknown): boolean {
  if (one === other) {
    return true;
  }
  if (isObject(one) && isObject(other)) {
    return Array.isArray(one) || Array.isArray(other)
      ? isSameList(one, other)
      : isSameObject(one, other);
  }
  return (isEmpty(one) && isEmpty(other)) || isSameTime(one, other);
}

type JsonMembers = Record<string, unknown>;

/** Histories hold a lot of tasks, so this makes no objects of its own. */
function isSameObject(one: JsonMembers, other: JsonMembers): boolean {
  for (const name in one) {
    if (!isSameContent(one[name], other[name])) return false;
  }
  for (const name in other) {
    if (!(name in one) && !isEmpty(other[name])) return false;
  }
  return true;
}

function isSameList(one: unknown, other: unknown): boolean {
  return (
    Array.isArray(one) &&
    Array.isArray(other) &&
    one.length === other.length &&
    one.every((item, index) => isSameContent(item, other[index]))
  );
}

function isSameTime(one: unknown, other: unknown): boolean {
  return (
    typeof one === 'string' &&
    typeof other === 'string' &&
    TIMESTAMP.test(one) &&
    TIMESTAMP.test(other) &&
    Date.parse(one) === Date.parse(other)
  );
}

function isObject(value: unknown): value is JsonMembers {
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
