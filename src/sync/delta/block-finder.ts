import { crc32 } from 'node:zlib';

import { type BlockSums, blockLength } from './block-sums.js';
import { type RollingCrc, rollingCrc } from './rolling-crc.js';

/** At `offset` of the data is what the block of the other file holds. */
export interface BlockMatch {
  offset: number;
  block: number;
  length: number;
}

/**
 * Finds the blocks of one file in another (the data), wherever they are, in one pass. First it looks where a block is expected: behind the one
 * before, or at its own offset; that costs one native CRC-32. Only where neither fits does it move on byte by byte, and then takes two blocks in
 * a row for a match. Matches do not overlap and come in order. They may be wrong once in many millions of files: the whole content's hash decides.
 */
export class BlockFinder {
  readonly #sums: BlockSums;
  readonly #rolling: RollingCrc;
  /** First full block of a sum, found by its low bits; -1: none. */
  readonly #heads: Int32Array;
  readonly #chain: Int32Array;
  readonly #mask: number;
  /** The block that should come next. */
  #next = 0;
  /** Everything before it is decided about. */
  position = 0;

  constructor(sums: BlockSums) {
    this.#sums = sums;
    this.#rolling = rollingCrc(sums.blockSize);
    let size = 1024;
    while (size < sums.sums.length * 8) size *= 2;
    this.#mask = size - 1;
    this.#heads = new Int32Array(size).fill(-1);
    this.#chain = new Int32Array(sums.sums.length).fill(-1);
    this.#index();
  }

  /** How much of the data must follow a position, except at the end, so that it can be decided about. */
  get lookAhead(): number {
    return 2 * this.#sums.blockSize;
  }

  /** Goes on in `data`, which begins at `start` (at most `position`); `isEnd`: nothing follows. */
  find(data: Buffer, start: number, isEnd: boolean): BlockMatch[] {
    const { blockSize } = this.#sums;
    const matches: BlockMatch[] = [];
    const limit = isEnd ? data.length : data.length - this.lookAhead;
    let at = this.position - start;
    while (at < limit) {
      const offset = start + at;
      const block = this.#isAt(data, at, this.#next)
        ? this.#next
        : offset % blockSize === 0 && this.#isAt(data, at, offset / blockSize)
          ? offset / blockSize
          : -1;
      if (block < 0) {
        at = this.#roll(data, at, start, limit);
      } else {
        const length = blockLength(this.#sums, block);
        matches.push({ offset, block, length });
        this.#next = block + 1;
        at += length;
      }
    }
    this.position = start + at;
    return matches;
  }

  /** Moves on to where something may match: a found block (then it is the next expected), a block's own offset, or the limit. */
  #roll(data: Buffer, from: number, start: number, limit: number): number {
    const { blockSize } = this.#sums;
    const aligned = from + blockSize - ((start + from) % blockSize);
    const last = Math.min(aligned, limit, data.length - blockSize);
    if (last <= from) return Math.min(aligned, limit);
    const { step, drop, bias } = this.#rolling;
    const heads = this.#heads;
    const mask = this.#mask;
    let crc = crc32(data.subarray(from, from + blockSize)) ^ bias;
    for (let at = from; ; at++) {
      if ((heads[crc & mask] as number) >= 0) {
        const block = this.#lookUp(data, at, crc ^ bias);
        if (block >= 0) {
          this.#next = block;
          return at;
        }
      }
      if (at === last) return last === data.length - blockSize ? Math.min(aligned, limit) : last;
      crc =
        (crc >>> 8) ^
        (step[(crc ^ (data[at + blockSize] as number)) & 255] as number) ^
        (drop[data[at] as number] as number);
    }
  }

  /** The full block with this sum whose successor follows too. */
  #lookUp(data: Buffer, at: number, crc: number): number {
    const { blockSize, sums } = this.#sums;
    const sum = crc >>> 0;
    for (
      let block = this.#heads[(crc ^ this.#rolling.bias) & this.#mask] as number;
      block >= 0;
      block = this.#chain[block] as number
    ) {
      if (sums[block] !== sum) continue;
      const follows =
        block + 1 === sums.length
          ? at + blockSize === data.length
          : this.#isAt(data, at + blockSize, block + 1);
      return follows ? block : -1;
    }
    return -1;
  }

  #isAt(data: Buffer, at: number, block: number): boolean {
    if (block >= this.#sums.sums.length) return false;
    const length = blockLength(this.#sums, block);
    return at + length <= data.length && crc32(data.subarray(at, at + length)) === this.#sums.sums[block];
  }

  /** Enters each sum once: equal blocks are as good as each other. */
  #index(): void {
    const { sums, blockSize, fileSize } = this.#sums;
    for (let block = 0; (block + 1) * blockSize <= fileSize; block++) {
      const sum = sums[block] as number;
      const slot = (sum ^ this.#rolling.bias) & this.#mask;
      let other = this.#heads[slot] as number;
      while (other >= 0 && sums[other] !== sum) other = this.#chain[other] as number;
      if (other >= 0) continue;
      this.#chain[block] = this.#heads[slot] as number;
      this.#heads[slot] = block;
    }
  }
}
