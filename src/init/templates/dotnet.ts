import type { MakeTemplate } from './template.js';

export const dotnet: MakeTemplate = (found, { port }) => {
  const projects = found.files.filter((file) => /\.(?:cs|fs)proj$/.test(file));
  const web = projects.find((file) => found.texts.get(file)?.includes('Microsoft.NET.Sdk.Web'));
  const project = web ?? projects[0] ?? 'app.csproj';
  const folder = project.includes('/') ? `${project.slice(0, project.lastIndexOf('/'))}/` : './';
  const name = project.slice(project.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
  return {
    dockerfile: `# For development: sources and tools. \`devspace dev\` builds this stage and syncs what changes.
FROM mcr.microsoft.com/dotnet/sdk:9.0 AS dev
RUN mkdir -p /app /home/dev && chown -R 1000:1000 /app /home/dev
USER 1000:1000
ENV HOME=/home/dev DOTNET_CLI_HOME=/home/dev DOTNET_USE_POLLING_FILE_WATCHER=true ASPNETCORE_URLS=http://0.0.0.0:${port}
WORKDIR /app

# Packages are fetched again only when the project file changes.
COPY --chown=1000:1000 ${project} ${folder}
RUN dotnet restore ${project}

COPY --chown=1000:1000 . .
RUN dotnet build --no-restore ${project}

EXPOSE ${port}
CMD ["dotnet", "watch", "--project", "${project}", "run", "--no-launch-profile"]

FROM dev AS publish
RUN dotnet publish ${project} -c Release -o /home/dev/published

# For production: the program alone.
FROM mcr.microsoft.com/dotnet/aspnet:9.0
USER 1000:1000
ENV ASPNETCORE_URLS=http://0.0.0.0:${port}
WORKDIR /app
COPY --from=publish /home/dev/published ./
EXPOSE ${port}
ENTRYPOINT ["dotnet", "${name}.dll"]
`,
    ignore: ['bin/', 'obj/', '.git/'],
    target: 'dev',
    needsRestart: false,
  };
};
