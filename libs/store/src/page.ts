/** One page, and how to get the next. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
  /** How many there are on all pages. */
  readonly totalSize: number;
}
