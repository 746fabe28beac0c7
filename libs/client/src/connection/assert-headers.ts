import { isHeaderValue, isToken } from '@nest-a2a/egress';

/** Their values may be secrets, and are not shown. @throws TypeError */
export function assertHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!isToken(name) || !isHeaderValue(value)) {
      throw new TypeError(
        `The header ${JSON.stringify(name)} cannot be sent: its name or value has characters that are not allowed`,
      );
    }
  }
}
