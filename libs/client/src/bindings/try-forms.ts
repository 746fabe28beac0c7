import { type A2AErrorCode, isA2AError } from '@nest-a2a/protocol';

/** What an agent says that does not know the form of a request. */
const REFUSALS: readonly A2AErrorCode[] = [
  'INVALID_PARAMS',
  'INVALID_REQUEST',
  'PARSE_ERROR',
];

/** What it says of a form it does not know at all; of a form it knows, it would say what is wrong. */
const CLUELESS: readonly A2AErrorCode[] = [
  'INTERNAL',
  'INVALID_REQUEST',
  'PARSE_ERROR',
];

/**
 * Asks with each form of a request until one is not refused. Where all are, the
 * error is that of the form that the agent seems to know.
 */
export async function tryForms<T>(
  [form = {}, ...others]: readonly object[],
  ask: (form: object) => Promise<T>,
): Promise<T> {
  try {
    return await ask(form);
  } catch (error) {
    if (others.length === 0 || !isOneOf(REFUSALS, error)) {
      throw error;
    }
    return await tryForms(others, ask).catch((later: unknown) => {
      throw isOneOf(CLUELESS, later) ? error : later;
    });
  }
}

function isOneOf(codes: readonly A2AErrorCode[], error: unknown): boolean {
  return isA2AError(error) && codes.includes(error.code);
}
