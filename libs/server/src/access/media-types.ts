/** Whether a media type is one of those in a list, which may hold `*\/*` and `image/*`. Parameters do not count. */
export function isMediaTypeIn(
  mediaType: string,
  list: readonly string[],
): boolean {
  const wanted = essence(mediaType);
  const [type] = wanted.split('/');
  return list
    .map(essence)
    .some(
      (entry) => entry === wanted || entry === '*/*' || entry === `${type}/*`,
    );
}

function essence(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase();
}
