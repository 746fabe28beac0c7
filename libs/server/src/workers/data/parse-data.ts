import { type JsonValue } from '@nest-a2a/protocol';
import { type DataSchema, type StandardSchema } from './data-schema.js';
import { InvalidDataError } from './data.errors.js';
import { parseDto } from './parse-dto.js';
import { pathOf } from './path-of.js';

/**
 * The value as the schema wants it.
 *
 * @throws InvalidDataError, MissingValidatorError
 */
export async function parseData<T>(
  schema: DataSchema<T>,
  value: JsonValue | undefined,
): Promise<T> {
  if (value === undefined) {
    const message = 'the message has no data part';
    throw new InvalidDataError([{ path: '', message }]);
  }
  return isStandard(schema)
    ? parseStandard(schema, value)
    : parseDto(schema, value);
}

function isStandard<T>(schema: DataSchema<T>): schema is StandardSchema<T> {
  return '~standard' in schema;
}

async function parseStandard<T>(
  schema: StandardSchema<T>,
  value: JsonValue,
): Promise<T> {
  const result = await schema['~standard'].validate(value);
  if (!result.issues) {
    return result.value;
  }
  throw new InvalidDataError(
    result.issues.map(({ message, path = [] }) => ({
      path: pathOf(
        path.map((one) => (typeof one === 'object' ? one.key : one)),
      ),
      message,
    })),
  );
}
