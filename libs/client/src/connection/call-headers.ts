import { isHeaderValue } from '@nest-a2a/egress';
import {
  A2A_EXTENSIONS_HEADER,
  A2A_VERSION_HEADER,
  type ProtocolVersion,
} from '@nest-a2a/protocol';
import { V03_EXTENSIONS_HEADER } from '@nest-a2a/protocol/v0.3';

/** What the headers of a call say. */
export interface CallFacts {
  version: ProtocolVersion;
  extensions?: readonly string[] | undefined;
  /** The last SSE id that was seen. */
  lastEventId?: string | undefined;
}

const EXTENSIONS: Readonly<Record<ProtocolVersion, string>> = {
  '1.0': A2A_EXTENSIONS_HEADER,
  '0.3': V03_EXTENSIONS_HEADER,
};

/**
 * The service parameters of a call (A2A §3.2.6), and where a stream resumes.
 *
 * @throws TypeError for a value that no header can carry
 */
export function callHeaders({
  version,
  extensions = [],
  lastEventId,
}: CallFacts): Record<string, string> {
  for (const uri of extensions) {
    // A comma separates them.
    assertHeaderValue(uri, !uri.includes(','), 'An extension URI');
  }
  if (lastEventId !== undefined) {
    assertHeaderValue(lastEventId, true, 'lastEventId');
  }
  return {
    [A2A_VERSION_HEADER]: version,
    ...(extensions.length > 0 && {
      [EXTENSIONS[version]]: [...new Set(extensions)].join(','),
    }),
    ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }),
  };
}

function assertHeaderValue(
  value: string,
  isAllowed: boolean,
  what: string,
): void {
  if (value === '' || !isHeaderValue(value) || !isAllowed) {
    throw new TypeError(
      `${what} must be visible ASCII without line breaks, and not empty`,
    );
  }
}
