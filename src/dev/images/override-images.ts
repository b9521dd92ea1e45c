import type { Config, ImageConfig } from '../../config/schema.js';

/** The config as `devspace dev` builds it: with dev.overrideImages put into `images`. Later entries for an image win, key by key. */
export function withOverriddenImages(config: Config): Config {
  const overrides = config.dev?.overrideImages ?? [];
  if (overrides.length === 0) return config;
  const images: Record<string, ImageConfig> = { ...config.images };
  for (const { cmd, context, dockerfile, entrypoint, name } of overrides) {
    const image = images[name];
    if (image === undefined) continue;
    images[name] = {
      ...image,
      ...(context !== undefined && { context }),
      ...(dockerfile !== undefined && { dockerfile }),
      ...startOf(entrypoint, cmd),
    };
  }
  return { ...config, images };
}

// DevSpace 3 wrote all words into ENTRYPOINT, and the CMD of the Dockerfile came behind them; DevSpace 4 makes the words a program and its arguments.
function startOf(
  entrypoint: string[] | undefined,
  cmd: string[] | undefined,
): Pick<ImageConfig, 'entrypoint' | 'cmd'> {
  if (entrypoint === undefined) return cmd === undefined ? {} : { cmd };
  if (cmd !== undefined) return { entrypoint, cmd };
  const [program, ...args] = entrypoint;
  return program === undefined || args.length === 0 ? { entrypoint } : { entrypoint: [program], cmd: args };
}
