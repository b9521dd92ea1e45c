import type { Survey } from '../../src/init/survey.js';

/** A survey of these files. */
export function surveyOf(files: Readonly<Record<string, string>>): Survey {
  return { files: Object.keys(files).toSorted(), texts: new Map(Object.entries(files)) };
}
