/** A URL with further parameters in its query; they replace none that is there. */
export function withQuery(
  url: string,
  parameters: Readonly<Record<string, string>> = {},
): string {
  const added = new URLSearchParams(parameters).toString();
  if (added === '') {
    return url;
  }
  const [base = ''] = url.split('#', 1);
  return base + (base.includes('?') ? '&' : '?') + added;
}
