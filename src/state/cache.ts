import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../base/failure.js';
import { writeAtomic } from './atomic-write.js';
import { assign, child, grow, texts, type Data } from './data.js';
import { readGenerated } from './generated-file.js';
import { notWritten, STATE_FOLDER, stateFolder } from './folder.js';
import { takeLock } from './lock.js';

/** What the last build of an image left: hashes of what went in, and where it went. */
export interface ImageState {
  readonly imageConfigHash?: string | undefined;
  readonly dockerfileHash?: string | undefined;
  readonly contextHash?: string | undefined;
  readonly entrypointHash?: string | undefined;
  readonly customFilesHash?: string | undefined;
  /** Repository, without the tag. */
  readonly imageName?: string | undefined;
  readonly tag?: string | undefined;
}

export interface DeploymentState {
  readonly deploymentConfigHash?: string | undefined;
  readonly helmOverridesHash?: string | undefined;
  readonly helmChartHash?: string | undefined;
  readonly kubectlManifestsHash?: string | undefined;
}

export interface ContextState {
  readonly context?: string | undefined;
  readonly namespace?: string | undefined;
}

/**
 * What devspace remembers of a project and profile between runs: `.devspace/generated.yaml`, in the form DevSpace 4 and 5 read and write.
 * Changes are seen at once by this object and reach the file with `save`, which applies them to what is in the file by then, so that two runs
 * at a time do not undo each other's. Keys it does not know stay as they are.
 */
export interface State {
  /** Set when the file could not be understood: what happened, and where its old content is. */
  readonly warning: string | undefined;
  readonly images: Readonly<Record<string, ImageState>>;
  readonly deployments: Readonly<Record<string, DeploymentState>>;
  readonly lastContext: ContextState | undefined;
  /** Answers to questions for variables. Each profile has its own. */
  readonly variables: Readonly<Record<string, string>>;
  /** The profiles of which anything is remembered. */
  readonly profiles: readonly string[];
  /** What `devspace use profile` has set, for all runs that name no other. */
  readonly activeProfile: string | undefined;
  /** Known fields that are not given go away; undefined forgets the image. */
  setImage(name: string, state: ImageState | undefined): void;
  setDeployment(name: string, state: DeploymentState | undefined): void;
  setLastContext(state: ContextState): void;
  /** Undefined forgets it. With a `secret` one nobody else may read the file. */
  setVariable(name: string, value: string | undefined, options?: { secret?: boolean }): void;
  setActiveProfile(name: string | undefined): void;
  /** Writes the changes made since the last `save`; without changes it does nothing. Failures: STATE_NOT_WRITTEN, LOCKED. */
  save(): Promise<void>;
}

type Change = (data: Data) => void;

/**
 * Reads the state of the project in `root`; a missing file is an empty state. A file that cannot be understood is renamed to `.bak` and told in
 * `warning`. `profile` is the active profile, '' for none. Writes nothing yet.
 * Failure: STATE_NOT_READ.
 */
export async function openState(
  root: string,
  { profile = '' }: { profile?: string | undefined } = {},
): Promise<State> {
  const file = join(root, STATE_FOLDER, 'generated.yaml');
  const { data, warning } = await readGenerated(file);
  return new GeneratedState(root, file, profile, data, warning);
}

class GeneratedState implements State {
  readonly warning: string | undefined;
  readonly #root: string;
  readonly #file: string;
  readonly #profile: string;
  readonly #data: Data;
  #changes: Change[] = [];
  #secret = false;

  constructor(root: string, file: string, profile: string, data: Data, warning: string | undefined) {
    this.#root = root;
    this.#file = file;
    this.#profile = profile;
    this.#data = data;
    this.warning = warning;
  }

  get images(): Readonly<Record<string, ImageState>> {
    return this.#entries('images');
  }

  get deployments(): Readonly<Record<string, DeploymentState>> {
    return this.#entries('deployments');
  }

  get lastContext(): ContextState | undefined {
    const last = child(child(child(this.#data, 'profiles'), this.#profile), 'lastContext');
    return Object.keys(last).length === 0 ? undefined : texts(last);
  }

  setImage(name: string, state: ImageState | undefined): void {
    this.#set('images', name, state, IMAGE_KEYS);
  }

  setDeployment(name: string, state: DeploymentState | undefined): void {
    this.#set('deployments', name, state, DEPLOYMENT_KEYS);
  }

  setLastContext(state: ContextState): void {
    this.#change((data) => assign(grow(this.#section(data), 'lastContext'), state, ['context', 'namespace']));
  }

  get variables(): Readonly<Record<string, string>> {
    return texts(
      child(this.#profile === '' ? this.#data : child(child(this.#data, 'profiles'), this.#profile), 'vars'),
    );
  }

  get profiles(): readonly string[] {
    return Object.keys(child(this.#data, 'profiles')).filter((name) => name !== '');
  }

  get activeProfile(): string | undefined {
    const name = this.#data['activeProfile'];
    return typeof name === 'string' && name !== '' ? name : undefined;
  }

  setVariable(name: string, value: string | undefined, { secret = false }: { secret?: boolean } = {}): void {
    this.#secret ||= secret;
    this.#change((data) => {
      // DevSpace has them at the top, for all profiles.
      const vars = grow(this.#profile === '' ? data : this.#section(data), 'vars');
      if (value === undefined) delete vars[name];
      else Object.defineProperty(vars, name, { value, enumerable: true, writable: true, configurable: true });
    });
  }

  setActiveProfile(name: string | undefined): void {
    this.#change((data) => assign(data, { activeProfile: name }, ['activeProfile']));
  }

  async save(): Promise<void> {
    if (this.#changes.length === 0) return;
    const folder = await stateFolder(this.#root);
    await using _lock = await takeLock(join(folder, 'generated.lock'));
    const { data } = await readGenerated(this.#file);
    const changes = this.#changes;
    for (const change of changes) change(data);
    try {
      // First, so that the new content is never there for others.
      if (this.#secret) await chmod(this.#file, 0o600).catch(ignoreMissing);
      const { generatedText } = await import('./generated-yaml.js');
      await writeAtomic(this.#file, generatedText(data), this.#secret ? { mode: 0o600 } : {});
    } catch (error) {
      throw notWritten(this.#file, error);
    }
    this.#changes = this.#changes.slice(changes.length);
  }

  #entries(kind: string): Record<string, Record<string, string>> {
    const entries = Object.entries(child(child(child(this.#data, 'profiles'), this.#profile), kind));
    return Object.fromEntries(entries.map(([name, entry]) => [name, texts(entry)]));
  }

  #section(data: Data): Data {
    return grow(grow(data, 'profiles'), this.#profile);
  }

  #set(kind: string, name: string, state: object | undefined, keys: readonly string[]): void {
    this.#change((data) => {
      const entries = grow(this.#section(data), kind);
      if (state === undefined) delete entries[name];
      else assign(grow(entries, name), state, keys);
    });
  }

  #change(change: Change): void {
    change(this.#data);
    this.#changes.push(change);
  }
}

function ignoreMissing(error: unknown): void {
  if (systemCode(error) !== 'ENOENT') throw error;
}

const IMAGE_KEYS = [
  'imageConfigHash',
  'dockerfileHash',
  'contextHash',
  'entrypointHash',
  'customFilesHash',
  'imageName',
  'tag',
];
const DEPLOYMENT_KEYS = [
  'deploymentConfigHash',
  'helmOverridesHash',
  'helmChartHash',
  'kubectlManifestsHash',
];
