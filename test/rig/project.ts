import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A project folder of a test's own, removed when disposed. */
export interface Project extends AsyncDisposable {
  readonly dir: string;
  path(name: string): string;
  write(name: string, content: string | Buffer, mode?: number): Promise<void>;
}

export async function makeProject(files: Readonly<Record<string, string>>): Promise<Project> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'devspace-project-')));
  const project: Project = {
    dir,
    path: (name) => join(dir, name),
    async write(name, content, mode) {
      const path = join(dir, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content, mode === undefined ? {} : { mode });
    },
    async [Symbol.asyncDispose]() {
      await rm(dir, { recursive: true, force: true });
    },
  };
  for (const [name, content] of Object.entries(files)) await project.write(name, content);
  return project;
}
