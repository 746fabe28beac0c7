/** One path of several: a leading slash, none at its end, none doubled; empty for the root. */
export function joinPath(...parts: readonly string[]): string {
  return parts
    .flatMap((part) => part.split('/'))
    .filter((segment) => segment !== '')
    .map((segment) => `/${segment}`)
    .join('');
}

/** The path of a URL, without its query. A request to a proxy has the whole URL (RFC 9112 §3.2.2). */
export function pathOf(url = ''): string {
  const [path = ''] = url.split('?', 1);
  return path.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '');
}
