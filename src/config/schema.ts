import * as z from 'zod/mini';
import { optional, about } from './schema/common.js';
import { deployment } from './schema/deployments.js';
import { dev } from './schema/dev.js';
import { image } from './schema/images.js';
import { command, dependency, hook, profile, variable } from './schema/project.js';

/**
 * devspace.yaml, `version: v1beta3`: the one source of the types, the validation and devspace.schema.json.
 * Objects are strict: an unknown key is an error. Defaults are applied by the code that uses a value, so that "not set" stays visible.
 */
export const CONFIG_VERSION = 'v1beta3';

export const configSchema = z.strictObject({
  version: about(z.literal(CONFIG_VERSION), 'Version of this file format'),
  images: optional(z.record(z.string(), image), 'Images to build, by a name of your choice'),
  deployments: optional(z.array(deployment), 'What to deploy, in this order'),
  dev: optional(dev, 'What `devspace dev` does after deploying'),
  dependencies: optional(z.array(dependency), 'Other projects this one needs'),
  hooks: optional(z.array(hook), 'Commands around building and deploying'),
  commands: optional(z.array(command), 'Commands for `devspace run`'),
  vars: optional(z.array(variable), 'Variables used as ${NAME}'),
  profiles: optional(z.array(profile), 'Variants of this config'),
});

export type Config = z.infer<typeof configSchema>;
export type ImageConfig = z.infer<typeof image>;
export type DeploymentConfig = z.infer<typeof deployment>;
export type DevConfig = z.infer<typeof dev>;
export type PortsConfig = NonNullable<DevConfig['ports']>[number];
export type SyncConfig = NonNullable<DevConfig['sync']>[number];
