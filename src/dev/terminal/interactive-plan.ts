import { Failure } from '../../base/failure.js';
import type { Config, ImageConfig } from '../../config/schema.js';
import type { TargetConfig } from '../images/built-images.js';

/** What interactive mode makes of a config. */
export interface InteractivePlan {
  /** With the start commands of {@link InteractivePlan.overridden} in place. */
  readonly config: Config;
  /** Images that start with another command. */
  readonly overridden: readonly string[];
  /** Where the terminal opens: any container of these images, narrowed by the rest. */
  readonly images: readonly string[];
  readonly terminal: Omit<TargetConfig, 'imageName'>;
  /** Where the command starts; undefined: where the container does. */
  readonly workDir: string | undefined;
  /** Empty: a shell. */
  readonly command: readonly string[];
}

/** What a container does that waits for somebody to start something in it. */
const IDLE = { entrypoint: ['sleep'], cmd: ['999999999'] };

/**
 * The images among which somebody has to choose the one to work on, when dev.interactive names neither images nor a terminal; undefined when there is
 * no choice to be made. INTERACTIVE_NO_IMAGE when there is nothing to choose from.
 */
export function imagesToChoose({ dev, images = {} }: Config): string[] | undefined {
  if (dev?.interactive?.images !== undefined || dev?.interactive?.terminal !== undefined) return undefined;
  if (dev?.overrideImages?.length) return undefined;
  const built = Object.entries(images).filter(([, { build }]) => build?.disabled !== true);
  if (built.length > 0) return built.map(([name]) => name);
  throw new Failure({
    code: 'INTERACTIVE_NO_IMAGE',
    message: 'Interactive mode does not know where to open a terminal: no image is built here',
    hint: 'name its pods in devspace.yaml: dev.interactive.terminal.labelSelector',
  });
}

/**
 * Puts the start commands of dev.interactive into the images. `chosen`: the image to work on where the config does not say. A terminal that is
 * configured without images changes no image.
 */
export function planInteractive(
  config: Config,
  { chosen, command = [] }: { chosen?: string | undefined; command?: readonly string[] },
): InteractivePlan {
  const { images: named, terminal = {} } = config.dev?.interactive ?? {};
  const overrides = named ?? (chosen === undefined ? [] : [{ name: chosen }]);
  // What is built for development starts as it says there: the terminal opens beside it.
  const forDev = named === undefined ? (config.dev?.overrideImages ?? []).map(({ name }) => name) : [];
  const images: Record<string, ImageConfig> = { ...config.images };
  for (const { name, entrypoint, cmd } of overrides) {
    const image = images[name];
    if (image === undefined) continue;
    const isIdle = !entrypoint?.length && !cmd?.length;
    images[name] = {
      ...image,
      ...(isIdle ? IDLE : { entrypoint: entrypoint ?? image.entrypoint, cmd: cmd ?? image.cmd }),
    };
  }
  const { command: configured = [], imageName, workDir, ...where } = terminal;
  const overridden = overrides.map(({ name }) => name);
  const isOther = where.imageSelector !== undefined;
  const byImage = imageName !== undefined ? [imageName] : isOther ? [] : [...overridden, ...forDev];
  const isAnywhere = byImage.length === 0 && !isOther && where.labelSelector === undefined;
  return {
    config: { ...config, images },
    overridden,
    images: isAnywhere ? Object.keys(images) : byImage,
    terminal: where,
    workDir,
    command: command.length > 0 ? command : configured,
  };
}
