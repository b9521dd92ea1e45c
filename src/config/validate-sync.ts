import type { Diagnostic } from './diagnostic.js';
import { itemsAt, valueAt, type Path } from './path.js';
import type { ConfigSource } from './source.js';

/** What within one entry of dev.sync contradicts itself, or asks an image for what it does not have. */
export function* validateSync(source: ConfigSource, value: unknown): Generator<Diagnostic> {
  for (const { path, value: entry } of itemsAt(value, ['dev', 'sync'])) {
    for (const clash of clashes(entry)) {
      yield source.diagnose('CONFIG_INVALID', [...path, ...clash.path], clash.message, {
        part: 'key',
        hint: clash.hint,
      });
    }
    yield* restart(source, value, path, entry);
  }
  yield* restartHelpers(source, value);
}

interface Clash {
  readonly path: Path;
  readonly message: string;
  readonly hint: string;
}

/** Keys that exclude each other: the first is the one to complain about, when both are set. */
const PAIRS: readonly (readonly [string, string, string])[] = [
  ['disableDownload', 'disableUpload', 'nothing would be synced: remove one of the two, or the whole entry'],
  ['syncReplicas', 'disableUpload', 'the other pods are only uploaded to: remove one of the two'],
  ['syncReplicas', 'noWatch', 'pods that come later need a sync that stays: remove one of the two'],
  ['onUpload', 'disableUpload', 'there is no upload to wait for: remove one of the two'],
  ['onDownload', 'disableDownload', 'there is no download to wait for: remove one of the two'],
];

function* clashes(entry: unknown): Generator<Clash> {
  const is = (...path: Path): boolean => valueAt(entry, path) !== undefined && valueAt(entry, path) !== false;
  for (const [key, other, hint] of PAIRS) {
    if (is(key) && is(other))
      yield { path: [key], message: `cannot be used together with ${other}: true`, hint };
  }
  const initial = valueAt(entry, ['initialSync']);
  if (typeof initial === 'string') {
    if (valueAt(entry, ['downloadOnInitialSync']) !== undefined) {
      const hint = 'initialSync says it all: remove downloadOnInitialSync';
      yield { path: ['downloadOnInitialSync'], message: 'cannot be used together with initialSync', hint };
    }
    for (const [key, side] of [
      ['disableDownload', 'Remote'],
      ['disableUpload', 'Local'],
    ] as const) {
      if (!initial.endsWith(side) || !is(key)) continue;
      const hint = `use ${initial.replace(side, side === 'Local' ? 'Remote' : 'Local')}, or remove ${key}`;
      yield { path: ['initialSync'], message: `${initial} cannot be used together with ${key}: true`, hint };
    }
  } else if (valueAt(entry, ['downloadOnInitialSync']) === true && is('disableDownload')) {
    const message = 'cannot be used together with disableDownload: true';
    yield { path: ['downloadOnInitialSync'], message, hint: 'remove one of the two' };
  }
  for (const { path, value: exec } of itemsAt(entry, ['onUpload', 'exec'])) {
    if (valueAt(exec, ['once']) !== true || valueAt(exec, ['onChange']) === undefined) continue;
    const message = 'cannot be used together with once: true';
    yield {
      path: [...path, 'onChange'],
      message,
      hint: 'it runs after the first sync, whatever that brings',
    };
  }
  for (const hooks of [
    ['onUpload', 'execRemote'],
    ['onDownload', 'execLocal'],
  ]) {
    for (const key of ['onFileChange', 'onDirCreate']) {
      if (!is(...hooks, key) || !is(...hooks, 'command')) continue;
      const hint = 'command runs for files and folders alike: remove it, or this';
      yield { path: [...hooks, key], message: 'cannot be used together with command', hint };
    }
    if (is(...hooks, 'args') && !is(...hooks, 'command'))
      yield { path: [...hooks, 'args'], message: 'needs command', hint: 'add `command:` beside it' };
  }
}

function* restart(source: ConfigSource, value: unknown, path: Path, entry: unknown): Generator<Diagnostic> {
  const at = ['onUpload', 'restartContainer'];
  if (valueAt(entry, at) !== true) return;
  const name = valueAt(entry, ['imageName']);
  const named = typeof name === 'string' && !name.includes('${');
  // Which image pods with some labels run is not known here; one that can be restarted has to be there at all.
  const images = named
    ? [valueAt(value, ['images', name])]
    : itemsAt(value, ['images']).map((one) => one.value);
  if (named && images[0] === undefined) return;
  if (images.some((image) => valueAt(image, ['injectRestartHelper']) === true)) return;
  yield source.diagnose(
    'CONFIG_INVALID',
    [...path, ...at],
    `needs injectRestartHelper: true of ${named ? `the image ${JSON.stringify(name)}` : 'an image'}`,
    {
      hint: named
        ? `set images.${name}.injectRestartHelper: true`
        : 'set it at the entry in images whose containers are to be restarted',
    },
  );
}

/** The helper gets into an image at the end of its build with docker. */
function* restartHelpers(source: ConfigSource, value: unknown): Generator<Diagnostic> {
  for (const { path, value: image } of itemsAt(value, ['images'])) {
    if (valueAt(image, ['injectRestartHelper']) !== true) continue;
    const build = valueAt(image, ['build']);
    const other = ['disabled', 'kaniko', 'custom'].find((key) => {
      const found = valueAt(build, [key]);
      return found !== undefined && found !== false;
    });
    if (other === undefined) continue;
    yield source.diagnose(
      'CONFIG_INVALID',
      [...path, 'injectRestartHelper'],
      `cannot be used together with build.${other}`,
      { part: 'key', hint: 'the helper is put into the image by a build with docker' },
    );
  }
}
