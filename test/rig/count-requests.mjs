// Preloaded into the CLI: appends a line for each HTTP request that it starts, for TLS hides them from a proxy.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

subscribe('http.client.request.start', ({ request }) => {
  appendFileSync(process.env.DEVSPACE_TEST_REQUESTS, `${request.method} ${request.path}\n`);
});
