interface CommandErrorFields {
  /** Permanent, never reused. */
  readonly code: `DAPO_CLI_${string}`;
  readonly expected?: string;
  readonly nearest?: string;
  readonly hint?: string;
}

/** What is wrong with what was typed. Reads like the errors of the engine, which this file must not load. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: `DAPO_CLI_${string}`;

  constructor(message: string, { code, expected, nearest, hint }: CommandErrorFields) {
    const lines = [message];
    if (expected) lines.push(`  expected: ${expected}`);
    if (nearest) lines.push(`  nearest:  ${nearest}`);
    if (hint) lines.push(`  do:       ${hint}`);
    super(lines.join('\n'));
    this.code = code;
  }
}

/** No plugin, kind or other name like this. */
export function unknownPluginName(name: string, kinds: readonly string[], nearest: string | undefined): CommandError {
  return new CommandError(`There is no kind or plugin «${name}».`, {
    code: 'DAPO_CLI_UNKNOWN_PLUGIN',
    expected: `a kind (${kinds.join(', ')}) or the name of a plugin`,
    nearest,
    hint: 'dapo plugins lists all of them',
  });
}

/** The catalogue of plugins is written by the build. */
export function catalogueMissing(): CommandError {
  return new CommandError('The catalogue of plugins is not there.', {
    code: 'DAPO_CLI_CATALOGUE_MISSING',
    hint: 'npm run build',
  });
}

/** A folder that should hold a run. */
export function notARun(folder: string, found: string): CommandError {
  return new CommandError(`There is no run in ${folder}.`, {
    code: 'DAPO_CLI_NOT_A_RUN',
    expected: 'the folder of a run: one with a manifest.json, as dapo train writes it',
    hint: found,
  });
}

/** A checkpoint that a run doesn't have, or no longer. */
export function checkpointNotThere(folder: string, there: readonly string[]): CommandError {
  return new CommandError(`There is no checkpoint ${folder}.`, {
    code: 'DAPO_CLI_CHECKPOINT_NOT_THERE',
    expected: there.length > 0 ? [...there].sort().join(', ') : 'a run that has saved one',
    hint: 'a run keeps its newest ones: checkpoints.keep says how many',
  });
}

/** Either a preset or a config file. */
export function presetWithFile(preset: string, file: string): CommandError {
  return new CommandError(`--preset ${preset} shows a preset alone, and ${file} was named as well.`, {
    code: 'DAPO_CLI_PRESET_WITH_FILE',
    hint: 'leave out one of them',
  });
}

/** A folder that is to be written and has something in it. */
export function folderTaken(folder: string): CommandError {
  return new CommandError(`There is something in ${folder} already.`, {
    code: 'DAPO_CLI_FOLDER_TAKEN',
    hint: 'name another folder: --out FOLDER',
  });
}

/** --backend names none that there is. */
export function unknownBackend(name: string, known: readonly string[]): CommandError {
  return new CommandError(`There is no backend «${name}».`, {
    code: 'DAPO_CLI_UNKNOWN_BACKEND',
    expected: known.join(', '),
  });
}

/** Nothing to measure with. */
export function noHeldOutSet(run: string): CommandError {
  return new CommandError(`The run in ${run} has no held-out problems.`, {
    code: 'DAPO_CLI_NO_HELD_OUT',
    expected: 'prompts.heldOut in the config it was started with',
  });
}

/** A run that didn't write down what it measured. */
export function metricsMissing(run: string): CommandError {
  return new CommandError(`The run in ${run} has no metrics.jsonl, so nothing could be compared.`, {
    code: 'DAPO_CLI_METRICS_MISSING',
    expected: 'a run with the tracker jsonl, with metrics.jsonl for its file',
    hint: 'copy a log that it wrote under another name to metrics.jsonl, or train with the tracker',
  });
}

/** What a run may use up, one of it. */
const budgetWords = {
  rolloutSteps: 'rollout step',
  optimizerSteps: 'optimizer step',
  generatedTokens: 'generated token',
  prompts: 'prompt',
  minutes: 'minute',
} as const;

/** A run that has nothing left to do; `part` is the bound of its budget that has ended it. */
export function runFinished(folder: string, part: keyof typeof budgetWords, bound: number): CommandError {
  const what = `${bound} ${budgetWords[part]}${bound === 1 ? '' : 's'}`;
  const [done, hint] =
    part === 'rolloutSteps'
      ? ['done its', `to lengthen it: dapo resume ${folder} --steps ${2 * bound}`]
      : [
          'used up its budget of',
          `a run goes on with the budget it began with; begin a longer one: dapo train --set budget.${part}=${2 * bound}`,
        ];
  return new CommandError(`The run in ${folder} has ${done} ${what}.`, { code: 'DAPO_CLI_RUN_FINISHED', hint });
}

/** A code that no error has. */
export function unknownCode(code: string, nearest: string | undefined): CommandError {
  return new CommandError(`No error has the code «${code}».`, {
    code: 'DAPO_CLI_UNKNOWN_CODE',
    expected: 'a code as it stands behind the first line of an error: DAPO_CONFIG_UNKNOWN_KEY',
    nearest,
    hint: 'dapo explain lists all of them',
  });
}

/** Neither a run nor a policy to sample from. */
export function nothingToSampleFrom(): CommandError {
  return new CommandError('Nothing is named to sample from.', {
    code: 'DAPO_CLI_NOTHING_TO_SAMPLE_FROM',
    expected: '--run RUN or --policy FOLDER',
    hint: 'name the folder that dapo train or dapo sft printed at its end',
  });
}
