/** As the system's own error for a connection on which nothing came in time. */
export function timedOut(message = 'timed out'): Error {
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' });
}
