# For: app.csproj, Program.cs
# Left out: **/bin/ **/obj/ .git/
# Restarted: no

# For development: sources and tools. `devspace dev` builds this stage and syncs what changes.
FROM mcr.microsoft.com/dotnet/sdk:9.0 AS dev
RUN mkdir -p /app /home/dev && chown 1000:1000 /app /home/dev
USER 1000:1000
ENV HOME=/home/dev DOTNET_CLI_HOME=/home/dev DOTNET_USE_POLLING_FILE_WATCHER=true DOTNET_WATCH_RESTART_ON_RUDE_EDIT=1 ASPNETCORE_URLS=http://0.0.0.0:8080
WORKDIR /app

# Packages are fetched again only when these files change.
COPY --chown=1000:1000 app.csproj ./
RUN dotnet restore app.csproj

COPY --chown=1000:1000 . .
RUN dotnet build app.csproj

EXPOSE 8080
CMD ["dotnet", "watch", "--project", "app.csproj", "run", "--no-launch-profile"]

FROM dev AS publish
RUN dotnet publish app.csproj -c Release -o /home/dev/published

# For production: the program alone.
FROM mcr.microsoft.com/dotnet/runtime:9.0
USER 1000:1000
ENV ASPNETCORE_URLS=http://0.0.0.0:8080
WORKDIR /app
COPY --from=publish /home/dev/published ./
EXPOSE 8080
ENTRYPOINT ["dotnet", "app.dll"]
