import { isA2AError } from '../src/errors/a2a-error.js';
import { type Operation } from '../src/operations/operation.js';
import { parseRequest } from '../src/operations/parse-requests.js';
import { type V03Dialect } from '../src/v0.3/dialect.js';

/** What a server makes of a request: the 1.0 request, or the fields that are wrong by their names in 0.3. */
export function asked(
  dialect: V03Dialect,
  operation: Operation,
  params: unknown,
) {
  try {
    return parseRequest(operation, dialect.readRequest(operation, params));
  } catch (error) {
    if (!isA2AError(error)) throw error;
    return error.violations.map(({ field, description }) => [
      dialect.fieldName(operation, field),
      description,
    ]);
  }
}
