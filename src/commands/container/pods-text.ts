/** Which pods an entry of dev is about, for a table: `image app`, `app=web,tier=api`. */
export function podsText({
  imageName,
  imageSelector,
  labelSelector,
}: {
  imageName?: string | undefined;
  imageSelector?: string | undefined;
  labelSelector?: Readonly<Record<string, string>> | undefined;
}): string {
  const labels = Object.entries(labelSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  return [
    ...(imageSelector === undefined ? [] : [`containers of ${imageSelector}`]),
    ...(imageName === undefined ? [] : [`image ${imageName}`]),
    ...(labels.length > 0 ? [labels.join(',')] : []),
  ].join(', ');
}
