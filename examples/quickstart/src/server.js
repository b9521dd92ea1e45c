import { watch } from 'node:fs';
import { createServer } from 'node:http';
import { hostname } from 'node:os';

let version = 0;
let { message } = await import('./message.js');

// Hot reload: a changed message.js is loaded anew, without a restart.
watch(new URL('.', import.meta.url), async (_event, name) => {
  if (name !== 'message.js') return;
  version += 1;
  try {
    ({ message } = await import(`./message.js?version=${version}`));
    console.log(`reloaded ${name}`);
  } catch (error) {
    console.log(`cannot reload ${name}: ${error.message}`);
  }
});

const server = createServer((request, response) => {
  console.log(`${request.method} ${request.url}`);
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`${message}, served by ${hostname()}\n`);
});
server.listen(3000, () => console.log('listening on port 3000'));

process.on('SIGTERM', () => process.exit(0));
