import { createServer } from 'node:http';
import { hostname } from 'node:os';
import { message } from './message.js';

const server = createServer((request, response) => {
  console.log(`${request.method} ${request.url}`);
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`${message}, served by ${hostname()}\n`);
});
server.listen(3000, () => console.log('listening on port 3000'));

process.on('SIGTERM', () => process.exit(0));
