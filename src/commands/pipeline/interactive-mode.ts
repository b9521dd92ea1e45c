import { Failure } from '../../base/failure.js';
import type { Config } from '../../config/schema.js';
import {
  imagesToChoose,
  planInteractive,
  type InteractivePlan,
} from '../../dev/terminal/interactive-plan.js';
import { askChoice, canAsk } from '../ask.js';
import type { Invocation } from '../command.js';
import { refuseJson } from '../refuse-json.js';

/**
 * How `devspace dev` goes on interactively; undefined when it is not to: neither `-i` nor dev.interactive.defaultEnabled (which `--no-interactive`
 * overrides). Asks which image to work on where the config leaves that open. Failures: USAGE, INTERACTIVE_NO_IMAGE, INTERACTIVE_AMBIGUOUS.
 */
export async function interactiveMode(
  invocation: Invocation,
  config: Config,
): Promise<InteractivePlan | undefined> {
  const { args, emit, flags } = invocation;
  const isWanted = flags.interactive ?? config.dev?.interactive?.defaultEnabled ?? false;
  if (isWanted !== true) {
    if (args.length === 0) return undefined;
    throw new Failure({
      code: 'USAGE',
      message: `devspace dev runs a command only in interactive mode, got: ${args.join(' ')}`,
      hint: `devspace dev -i ${args.join(' ')}`,
    });
  }
  refuseJson(invocation, 'dev -i');
  const choices = imagesToChoose(config);
  const chosen = choices && (await chooseImage(invocation, choices));
  const plan = planInteractive(config, { chosen, command: args });
  for (const name of plan.overridden) {
    const { build, cmd = [], entrypoint = [] } = plan.config.images?.[name] ?? {};
    const start = [...entrypoint, ...cmd].join(' ');
    const text = build?.disabled
      ? `Image ${name} is not built here, so it starts as it always does`
      : `Interactive mode: image ${name} starts with: ${start}`;
    emit({ type: 'note', level: build?.disabled ? 'warn' : 'info', text });
  }
  return plan;
}

async function chooseImage(invocation: Invocation, names: readonly string[]): Promise<string> {
  const [first] = names;
  if (names.length === 1 && first !== undefined) return first;
  if (canAsk(invocation)) {
    const choices = names.map((name) => ({ name, value: name }));
    return askChoice(invocation, 'Which image do you want to work on interactively?', choices);
  }
  throw new Failure({
    code: 'INTERACTIVE_AMBIGUOUS',
    message: `There are ${names.length} images to work on interactively, and no terminal to ask at: ${names.join(', ')}`,
    hint: 'name one in devspace.yaml: dev.interactive.images[0].name',
  });
}
