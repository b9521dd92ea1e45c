import { Transform } from 'node:stream';

const CTRL_P = 0x10;
const CTRL_Q = 0x11;

/**
 * Passes keys on and calls `detach` at Ctrl-P Ctrl-Q, as docker does; nothing typed after that is passed on. A Ctrl-P alone goes on with the next key.
 */
export function detachKeys(detach: () => void): Transform {
  let held = false;
  let over = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (over) return done();
      const keys = held ? Buffer.concat([Buffer.of(CTRL_P), chunk]) : chunk;
      const at = keys.indexOf(Buffer.of(CTRL_P, CTRL_Q));
      held = at < 0 && keys.at(-1) === CTRL_P;
      const passed = at >= 0 ? keys.subarray(0, at) : held ? keys.subarray(0, -1) : keys;
      if (passed.length > 0) this.push(passed);
      if (at >= 0) {
        over = true;
        detach();
      }
      done();
    },
    flush(done) {
      if (held) this.push(Buffer.of(CTRL_P));
      done();
    },
  });
}

/** Passes input on to a terminal over there, and types Ctrl-D behind its end: a terminal has no other end of input. */
export function typedEnd(): Transform {
  let last = 0x0a;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      last = chunk.at(-1) ?? last;
      done(null, chunk);
    },
    flush(done) {
      // In the middle of a line the first one only ends that line.
      done(null, Buffer.alloc(last === 0x0a ? 1 : 2, 0x04));
    },
  });
}
