import type { Invocation } from '../command.js';

interface Place {
  context?: string | undefined;
  namespace?: string | undefined;
}

/** Says so when a project goes to another context or namespace than the last time; `--no-warn` turns that off. */
export function warnAboutContext(
  now: Place,
  last: Place | undefined,
  { emit, flags }: Pick<Invocation, 'emit' | 'flags'>,
): void {
  emit({ type: 'note', level: 'info', text: `Using context ${now.context}, namespace ${now.namespace}` });
  if (flags.warn === false || last === undefined) return;
  const other =
    last.context !== undefined && last.context !== now.context
      ? { what: 'context', was: last.context, flag: `--kube-context ${last.context}` }
      : last.namespace !== undefined && last.namespace !== now.namespace
        ? { what: 'namespace', was: last.namespace, flag: `--namespace ${last.namespace}` }
        : undefined;
  if (!other) return;
  emit({
    type: 'warning',
    code: 'CONTEXT_CHANGED',
    text: `The last run used ${other.what} ${other.was}`,
    hint: `${other.flag} goes there; --no-warn hides this`,
  });
}
