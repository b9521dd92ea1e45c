import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Answers that are always the same need no program. The build has asked the program for them. */
function knownAnswer([first = '--help', ...rest]: readonly string[]): string | undefined {
  if (rest.length > 0) return undefined;
  const file = { '--help': 'help.txt', '-h': 'help.txt', '--version': 'version.txt' }[first];
  try {
    return file && readFileSync(join(__dirname, file), 'utf8');
  } catch {
    return undefined;
  }
}

/** Without the streams of `process`: making one takes longer than all else here. */
function print(text: string): void {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(1, rest));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') process.stdout.on('error', () => {}).write(rest);
    // A reader that has gone away (`devspace --help | head`) is no error.
    else if (code !== 'EPIPE') {
      process.stderr.write(`error OUTPUT_FAILED: What was printed could not be written: ${message}\n`);
      process.exitCode = 1;
    }
  }
}

const argv = process.argv.slice(2);
const answer = knownAnswer(argv);
if (answer !== undefined) print(answer);
else
  void import('./program.js').then(({ startProgram }) => startProgram(join(__dirname, 'program.cjs'), argv));
