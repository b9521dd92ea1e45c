import { present, textOf } from '../look.js';
import type { FindFacts } from '../template.js';

export const dotnet: FindFacts = (found) => {
  const projects = found.files.filter((file) => /\.[cf]sproj$/.test(file));
  const web = projects.find((file) => textOf(found, file).includes('Microsoft.NET.Sdk.Web'));
  const project = web ?? projects[0] ?? 'app.csproj';
  const text = textOf(found, project);
  const slash = project.lastIndexOf('/');
  const own = present(
    found,
    'nuget.config',
    'NuGet.config',
    'global.json',
    'Directory.Build.props',
    'Directory.Packages.props',
  );
  return {
    values: {
      // A program runs on the release that it is built for only.
      version: /<TargetFrameworks?>[^<]*?net(\d+\.\d+)/.exec(text)?.[1] ?? '9.0',
      runtime: web === undefined ? 'runtime' : 'aspnet',
      project,
      folder: slash === -1 ? './' : project.slice(0, slash + 1),
      // Where a project needs others, these have to be there to be restored.
      alone: !text.includes('<ProjectReference'),
      below: slash !== -1,
      lists: slash === -1 ? [own, project].filter(Boolean).join(' ') : own,
      name: /<AssemblyName>([\w.-]+)</.exec(text)?.[1] ?? project.slice(slash + 1).replace(/\.\w+$/, ''),
    },
    needsRestart: false,
  };
};
