/** A route: a method and a pattern whose parameters begin with a colon. */
export interface RoutePattern {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With a leading slash. */
  readonly pattern: string;
}
