// `mutagen-session.mjs BINARY LOCAL REMOTE`: mutagen as a program that syncs until SIGINT. Creates the session, or resumes it when it has been here
// before; tells `begin` before that and `ready` when it says that it watches, which follows the first complete cycle. Pauses it in the end.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';

const [binary, local, remote] = process.argv.slice(2);
const name = `bench${createHash('sha256').update(`${local}\n${remote}`).digest('hex').slice(0, 16)}`;
const mutagen = (...args) =>
  execFileSync(binary, ['sync', ...args], { stdio: ['ignore', 'pipe', 'inherit'] }).toString();
const tell = (word) => process.stdout.write(`${word}\n`);

const isKnown = mutagen('list', '--template', '{{json .}}').includes(`"${name}"`);
tell('begin');
if (isKnown) mutagen('resume', name);
else mutagen('create', '--name', name, local, remote);
const monitor = spawn(binary, ['sync', 'monitor', '--template', '{{json .}}{{"\\n"}}', name], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
createInterface({ input: monitor.stdout }).on('line', (line) => {
  if (monitor.killed || line === '' || JSON.parse(line)[0]?.status !== 'watching') return;
  tell('ready');
  // Telling costs the daemon time, which is not to be measured.
  monitor.kill();
});
setInterval(() => {}, 1 << 30);
process.on('SIGINT', () => {
  monitor.kill();
  mutagen('pause', name);
  process.exit(0);
});
