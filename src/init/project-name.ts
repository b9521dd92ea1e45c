/** A name for Kubernetes objects and images out of a folder's name: lower case, digits and hyphens, at most 42. `devspace` where nothing is left. */
export function projectName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9- ]/g, '')
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return /^[a-z][a-z0-9-]{0,40}[a-z0-9]$/.test(name) ? name : 'devspace';
}
