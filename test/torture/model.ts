import type { Content, Deed, Holding, Side } from './records.js';

/**
 * What must not be lost, worked out from what the users of both sides did.
 *
 * Every content is unique, so it can be followed wherever it is. A content is owed from the moment a user has completed it, at the path where he
 * did: it must be found at the end in one of the trees or in the local trash. X at path P is not owed any more
 *
 * - when a user operation replaced, removed or moved away X at P on a side that showed X at P at that moment (what was moved is owed at its new
 *   path instead), unless the same user put it back there later;
 * - when only the user of the remote side has put it there, and the container's file system was thrown away while the local side did not show X at P.
 *
 * Nothing else excuses a loss: not a crash, a cut, a full disk or a conflict. And whatever a side ever shows must be a content that some user has
 * completed, or a state in which a user's own writing left it for a moment: nothing half-written.
 */
export class Model {
  /** Content → where users have put it → those of which sides. */
  readonly #put = new Map<Content, Map<string, Set<Side>>>();
  /** `<content>\0<path>` → the sides whose user took it away from there. */
  readonly #taken = new Map<string, Set<Side>>();
  /** All that may be seen. */
  readonly #known = new Set<Content>();
  readonly #seen: Record<Side, Map<Content, string>> = { local: new Map(), remote: new Map() };
  /** Found once in the trash, which was emptied then. */
  readonly #released = new Set<Content>();
  readonly #deeds: { side: Side; deed: Deed }[] = [];

  /** Deeds of one side come in the order in which they were done. */
  did(side: Side, deeds: readonly Deed[]): void {
    for (const deed of deeds) {
      this.#deeds.push({ side, deed });
      for (const content of deed.states) this.#known.add(content);
      // What a deed moves about within itself comes and goes in an order that is not told: only its end counts.
      const made = new Set(deed.made.map(key));
      for (const gone of deed.gone) if (!made.has(key(gone))) this.#take(side, gone);
      const gone = new Set(deed.gone.map(key));
      for (const holding of deed.made) {
        this.#give(side, holding);
        if (gone.has(key(holding))) this.#take(side, holding);
      }
    }
  }

  /** What a side showed. */
  saw(side: Side, holdings: readonly Holding[]): void {
    for (const { content, path } of holdings) this.#seen[side].set(content, path);
  }

  /** The container's file system is gone for good, while this was on the local side. */
  lostRemote(local: readonly Holding[]): void {
    const here = new Set(local.map(key));
    for (const [content, paths] of this.#put) {
      for (const [path, sides] of paths)
        if (!sides.has('local') && !here.has(key({ content, path }))) paths.delete(path);
    }
  }

  /** Contents that have been found where they may be, and need not be found there again. */
  release(contents: Iterable<Content>): void {
    for (const content of contents) this.#released.add(content);
  }

  /** Contents that are owed, and are not among these. */
  missing(present: ReadonlySet<Content>): Holding[] {
    const missing: Holding[] = [];
    for (const [content, paths] of this.#put) {
      if (present.has(content) || this.#released.has(content)) continue;
      for (const path of paths.keys())
        if (!this.#taken.has(key({ content, path }))) missing.push({ content, path });
    }
    return missing;
  }

  /** Contents that were seen and that no user has ever made. */
  strange(): (Holding & { side: Side })[] {
    return (['local', 'remote'] as const).flatMap((side) =>
      [...this.#seen[side]].flatMap(([content, path]) =>
        this.#known.has(content) || content.startsWith('-> ') ? [] : [{ side, content, path }],
      ),
    );
  }

  /** The last deeds that concern the content, or its path and those above it, for people to read. */
  story(path: string, content: Content | undefined, longest = 60): string[] {
    const concerns = (holding: Holding) =>
      holding.content === content || holding.path === path || path.startsWith(`${holding.path}/`);
    const told = this.#deeds
      .filter(({ deed }) => [...deed.made, ...deed.gone].some(concerns))
      .toSorted((a, b) => a.deed.at - b.deed.at)
      .slice(-longest);
    return told.map(({ deed, side }) => {
      const part = (sign: string, holdings: readonly Holding[]) =>
        holdings
          .filter(concerns)
          .map(({ content, path }) => `${sign}${JSON.stringify(path)} ${short(content)}`);
      const parts = [...part('-', deed.gone), ...part('+', deed.made)];
      return `${new Date(deed.at).toISOString().slice(11, 23)} ${side} ${deed.what}: ${parts.join(' ')}`;
    });
  }

  #give(side: Side, holding: Holding): void {
    const { content, path } = holding;
    const paths = this.#put.get(content) ?? new Map<string, Set<Side>>();
    this.#put.set(content, paths.set(path, (paths.get(path) ?? new Set()).add(side)));
    this.#known.add(content);
    const taken = this.#taken.get(key(holding));
    taken?.delete(side);
    if (taken?.size === 0) this.#taken.delete(key(holding));
  }

  #take(side: Side, holding: Holding): void {
    const taken = this.#taken.get(key(holding)) ?? new Set();
    this.#taken.set(key(holding), taken.add(side));
  }
}

const key = ({ content, path }: Holding): string => `${content}\0${path}`;

/** A content as people read it. */
export const short = (content: Content): string =>
  content.startsWith('-> ') ? content : content.replace(/:(.{8}).*/, ':$1');
