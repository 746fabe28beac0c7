import {
  invalidAgentResponse,
  invalidParams,
} from '../../errors/a2a-errors.js';
import {
  ParseContext,
  type Strictness,
} from '../../validation/parse-context.js';
import { type V03Form } from '../form.js';

/** Collects what is wrong with a value of 0.3 that would be invisible in its 1.0 form. */
export class V03Context extends ParseContext {
  constructor(
    strictness: Strictness,
    readonly form: V03Form,
  ) {
    super(strictness);
  }
}

/**
 * Translates a value of 0.3 to 1.0. What is wrong in both is left as it is: the
 * 1.0 parsers see it too.
 *
 * @param at path of the value by its names in 0.3
 */
export type V03Reader = (
  value: unknown,
  at: string,
  context: V03Context,
) => unknown;

/** Reads what a client asks. @throws A2AError `INVALID_PARAMS` */
export function readAsRequest(
  read: V03Reader,
  value: unknown,
  form: V03Form,
): unknown {
  const context = new V03Context('request', form);
  const translated = read(value, '', context);
  if (context.violations.length > 0) {
    throw invalidParams(context.violations);
  }
  return translated;
}

/** Reads what an agent answers. @throws A2AError `INVALID_AGENT_RESPONSE` */
export function readAsAnswer(
  read: V03Reader,
  value: unknown,
  form: V03Form,
): unknown {
  const context = new V03Context('response', form);
  const translated = read(value, '', context);
  const [first] = context.violations;
  if (first !== undefined) {
    throw invalidAgentResponse(
      `The agent's answer is not valid in A2A 0.3: ${first.field}: ${first.description}`,
      context.violations,
    );
  }
  return translated;
}
