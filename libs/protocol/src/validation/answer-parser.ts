import { invalidAgentResponse } from '../errors/a2a-errors.js';
import { type FieldViolation } from '../errors/field-violation.js';
import { ParseContext, type Parser } from './parse-context.js';

/**
 * Makes a function that reads an answer as leniently as the habits of other
 * implementations ask for, and throws A2AError `INVALID_AGENT_RESPONSE` with
 * the path of each wrong member.
 *
 * @param what the A2A name of the answer
 */
export function answerParser<T>(
  what: string,
  parse: Parser<T>,
): (value: unknown) => T {
  return (value) => {
    const context = new ParseContext('response');
    const read = parse(value, '', context);
    if (read === undefined || context.violations.length > 0) {
      throw invalidAgentResponse(
        `The agent's answer is not a valid ${what}${describe(context.violations)}`,
        context.violations,
      );
    }
    return read;
  };
}

function describe([first]: readonly FieldViolation[]): string {
  return first === undefined
    ? ''
    : [': ', first.field, first.field && ': ', first.description].join('');
}
