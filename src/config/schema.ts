import * as z from 'zod';
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
  version: z.literal(CONFIG_VERSION).describe('Version of this file format'),
  images: z.record(z.string(), image).optional().describe('Images to build, by a name of your choice'),
  deployments: z.array(deployment).optional().describe('What to deploy, in this order'),
  dev: dev.optional().describe('What `devspace dev` does after deploying'),
  dependencies: z.array(dependency).optional().describe('Other projects this one needs'),
  hooks: z.array(hook).optional().describe('Commands around building and deploying'),
  commands: z.array(command).optional().describe('Commands for `devspace run`'),
  vars: z.array(variable).optional().describe('Variables used as ${NAME}'),
  profiles: z.array(profile).optional().describe('Variants of this config'),
});

export type Config = z.infer<typeof configSchema>;
export type ImageConfig = z.infer<typeof image>;
export type DeploymentConfig = z.infer<typeof deployment>;
export type DevConfig = z.infer<typeof dev>;
export type PortsConfig = NonNullable<DevConfig['ports']>[number];
export type SyncConfig = NonNullable<DevConfig['sync']>[number];
