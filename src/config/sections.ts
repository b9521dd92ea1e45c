import * as z from 'zod/mini';
import type { $ZodType } from 'zod/v4/core';
import { check, tooMuch } from './check.js';
import type { Diagnostic } from './diagnostic.js';
import type { Draft } from './load.js';
import { relax } from './relax.js';
import { schemaProblems } from './schema-problems.js';
import { configSchema } from './schema.js';

const whole: $ZodType = configSchema;
const { profiles, vars } = configSchema.shape;
const first = z.object({ vars, profiles });

/** What the schema has against what is used before all is judged, `vars` and `profiles`, after relaxing its notation in place. */
export function sectionProblems({ source, value }: Draft): Diagnostic[] {
  for (let round = 0; ; round++) {
    const result = check(first, value);
    if (!result) return [tooMuch(source)];
    const issues = result.error?.issues ?? [];
    if (issues.length > 0 && round < 4 && relax(source, whole, value, issues)) continue;
    return [...schemaProblems(source, whole, value, issues)];
  }
}
