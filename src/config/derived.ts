import type { Origins } from './origins.js';
import { formatPath, valueAt } from './path.js';
import type { ConfigSource } from './source.js';

/**
 * The source of a config that was changed since it was read (upgraded, profile, variables): paths are those of `value`, places and the paths
 * in messages those of the file. What a profile brought is named by its path in the config, followed by where the profile says it.
 */
export function derive(source: ConfigSource, value: unknown, origins: Origins): ConfigSource {
  return {
    file: source.file,
    text: source.text,
    problems: source.problems,
    value,
    locate: (path, part) => source.locate(origins.originOf(value, path), part),
    plainText: (path) => {
      const origin = origins.originOf(value, path);
      // What a variable stands for is not what is written there.
      return valueAt(source.value, origin) === valueAt(value, path) ? source.plainText(origin) : undefined;
    },
    diagnose: (code, path, message, more) => {
      const origin = origins.originOf(value, path);
      if (origin[0] !== 'profiles' || path[0] === 'profiles') {
        return source.diagnose(code, origin, message, more);
      }
      const found = source.diagnose(code, origin, '', more);
      return { ...found, message: `${formatPath(path)} (set in ${formatPath(origin)}): ${message}` };
    },
  };
}
