import type { AgentPlace } from '../agent.js';

/** What people do without a tool: `command` in a shell, with KUBECTL_EXEC standing for the exec into the container. */
export function plainCommand(command: string, { container, namespace, pod }: AgentPlace): readonly string[] {
  const exec = `kubectl --namespace ${namespace} exec -i ${pod} -c ${container} --`;
  return ['/bin/sh', '-c', command.replaceAll('KUBECTL_EXEC', exec)];
}
