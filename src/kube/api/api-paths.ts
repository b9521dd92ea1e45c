/** A value of `undefined` or `false` leaves the parameter out; a list repeats it. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** `/api/v1/namespaces/NS/RESOURCE[/NAME[/SUBRESOURCE]]` of the core group; without a namespace, across all of them. */
export function corePath(
  resource: string,
  where: { namespace?: string; name?: string; subresource?: string } = {},
): string {
  return resourcePath('api/v1', resource, where);
}

/** The same for any group: `resourcePath('apis/apps/v1', 'deployments', {namespace, name})`. */
export function resourcePath(
  groupVersion: string,
  resource: string,
  where: { namespace?: string; name?: string; subresource?: string } = {},
): string {
  const parts = ['', groupVersion];
  if (where.namespace !== undefined) parts.push('namespaces', encodeURIComponent(where.namespace));
  parts.push(resource);
  if (where.name !== undefined) parts.push(encodeURIComponent(where.name));
  if (where.subresource !== undefined) parts.push(where.subresource);
  return parts.join('/');
}

/** Appends `query` to `path`. */
export function withQuery(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'object') for (const item of value) params.append(key, item);
    else params.append(key, String(value));
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** `{a: '1', b: '2'}` as a selector of equality: `a=1,b=2`. */
export function labelSelectorText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
