/** What the environment decides. */
export interface Settings {
  /** What an operator has to show. */
  readonly operatorToken: string;
}

/** @throws TypeError without a token: nobody is an operator by default */
export function readSettings({
  OPERATOR_TOKEN = '',
}: Readonly<Record<string, string | undefined>>): Settings {
  if (OPERATOR_TOKEN === '') {
    throw new TypeError(
      'OPERATOR_TOKEN must be set: it is what operators show to get in',
    );
  }
  return { operatorToken: OPERATOR_TOKEN };
}
