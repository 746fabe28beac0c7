import { Refusal } from './dialect-agent.js';

/** What a server answers. */
export type Reply =
  | { status: number; value?: unknown; type?: string }
  /** Of a stream; where they fail, it ends with the error. */
  | { frames: Iterable<unknown>; errorOf: (error: unknown) => unknown };

/** What a call fails with. Whatever is not understood is a wrong parameter. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof TypeError) return new Refusal('InvalidParamsError');
  throw error;
}

/** The events of a stream that has begun: what fails before the first is answered as if there was none. */
export function begun(events: Iterator<any>): Iterable<any> {
  const first = events.next();
  return (function* () {
    for (let next = first; !next.done; next = events.next()) yield next.value;
  })();
}
